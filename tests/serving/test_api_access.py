from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from serving.api.access import OPEN, SCOPE_OF_ROUTE, Access
from serving.api.app import create_app
from tests.serving.api_company import TODAY, TestClient, client_of, found_home, key_file
from tests.serving.conftest import Releases
from workspace.folder import Folder

RECORD = {"kind": "product", "fields": {"product_id": "x"}}


@pytest.fixture
def home(tmp_path: Path, releases: Releases) -> Folder:
    return found_home(tmp_path / "company", releases.first, releases.second)


def secret_of(home: Folder, *scopes: str, sites: tuple[str, ...] = (), days: int = 30) -> str:
    """Return a new key of the workspace."""
    _, secret = key_file(home).add(
        "test", scopes=scopes, sites=sites, today=TODAY, until=TODAY + timedelta(days=days)
    )
    return secret


def ask(client: TestClient, method: str, route: str, secret: str | None = None) -> int:
    """Return the status of a request to a route."""
    headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
    path = route.replace("{unit:path}", "anything")
    body = RECORD if method == "POST" else None
    return client.request(method, path, headers=headers, json=body).status_code


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Return method and path of every route of the app, its routers' too."""
    found = set()
    for path, methods in app.openapi()["paths"].items():
        found |= {(method.upper(), path) for method in methods}
    return found | {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def test_every_route_has_a_scope_and_every_scope_a_route(home: Folder) -> None:
    app = create_app(home, Access(key_file(home), requires_key=True))
    named = {(method, path.replace(":path", "")) for method, path in SCOPE_OF_ROUTE}
    assert {(m, p.replace(":path", "")) for m, p in routes_of(app)} == named


def test_a_route_without_an_entry_answers_nobody(home: Folder) -> None:
    app = create_app(home, Access(key_file(home), requires_key=False))

    @app.get("/forgotten")
    def forgotten() -> str:
        return "secret"

    client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    answer = client.get("/forgotten")
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")


@pytest.mark.parametrize(("method", "route"), sorted(SCOPE_OF_ROUTE))
def test_each_route_asks_for_its_scope(home: Folder, method: str, route: str) -> None:
    scope = SCOPE_OF_ROUTE[method, route]
    good = (200, 404) if scope != OPEN else (200,)
    other = "validate" if scope == "read" else "read"
    keys = {
        "own": secret_of(home, "read" if scope == OPEN else scope),
        "other": secret_of(home, other),
        "expired": secret_of(home, "read", "validate", days=0),
    }
    with client_of(home, requires_key=True) as client:
        assert ask(client, method, route, keys["own"]) in good
        for wrong in (None, "", "nonsense", keys["own"][:-1], keys["expired"], "\u00e9\u00e9"):
            try:
                status = ask(client, method, route, wrong)
            except UnicodeEncodeError:  # the client itself refuses to send such a header
                continue
            assert status == (200 if scope == OPEN else 401), wrong
        assert ask(client, method, route, keys["other"]) == (200 if scope == OPEN else 403)


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"Host": "company.example"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
    ],
)
def test_without_a_key_nobody_but_this_machine_is_answered(
    home: Folder, host: str, headers: dict[str, str]
) -> None:
    with client_of(home, host=host) as client:
        answer = client.get("/segments", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "ACCESS_KEY_REQUIRED")
        assert client.get("/healthz", headers=headers).status_code == 200
    with client_of(home) as client:
        assert client.get("/segments").status_code == 200


def test_the_first_key_closes_the_open_door(home: Folder) -> None:
    with client_of(home) as client:
        assert ask(client, "GET", "/segments") == 200
        secret = secret_of(home, "read")
        assert ask(client, "GET", "/segments") == 401
        assert ask(client, "GET", "/segments", secret) == 200


def test_a_revoked_key_is_refused_at_once(home: Folder) -> None:
    secret, _ = secret_of(home, "read"), secret_of(home, "read")
    with client_of(home, requires_key=True) as client:
        assert ask(client, "GET", "/segments", secret) == 200
        key_file(home).revoke(secret.split("_")[1])
        assert ask(client, "GET", "/segments", secret) == 401


def test_a_file_of_keys_that_cannot_be_read_opens_nothing(home: Folder) -> None:
    secret = secret_of(home, "read")
    key_file(home).file.write_text("[{]")
    with client_of(home) as client:
        for given in (None, secret):
            assert ask(client, "GET", "/segments", given) == 503
        assert ask(client, "GET", "/healthz") == 200


def test_a_key_is_kept_as_a_hash_that_only_its_owner_may_read(home: Folder) -> None:
    secret = secret_of(home, "read")
    file = key_file(home).file
    assert secret not in file.read_text()
    assert secret.split("_", 2)[2] not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    assert len(json.loads(file.read_text())[0]["sha256"]) == 64


def test_a_key_for_a_site_sees_no_other(home: Folder) -> None:
    headers = {"Authorization": f"Bearer {secret_of(home, 'read', 'validate', sites=('HAM',))}"}
    with client_of(home, requires_key=True) as client:
        items = client.get("/segments?page_size=1000", headers=headers).json()["items"]
        assert {item["site_code"] for item in items} == {"HAM"}
        assert client.get("/segments?site=LYO", headers=headers).json()["items"] == []
        code = items[0]["product_code"]
        story = client.get(f"/segments/{code}", headers=headers).json()
        assert {unit["site_code"] for unit in story["units"]} == {"HAM"}
        for unit in (f"{code}@LYO", f"{code}@nowhere", "nothing"):
            problem = client.get(f"/segments/{unit}", headers=headers).json()
            assert problem["detail"] == "No unit that the key is for goes by that name."
        record = {
            "kind": "order_line",
            "namespace": "erp_north",
            "fields": {"product_id": code, "site_id": "LYO"},
        }
        (result,) = client.post("/validate", json=record, headers=headers).json()["results"]
        assert [reason["code"] for reason in result["reasons"]] == ["SITE_DENIED"]
        assert result["product_id"] is None

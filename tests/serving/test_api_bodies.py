from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.api_company import TestClient, client_of, found_home
from tests.serving.conftest import Releases


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, releases: Releases) -> Iterator[TestClient]:
    root: Path = tmp_path_factory.mktemp("bodies") / "company"
    with client_of(found_home(root, releases.first, releases.second)) as opened:
        yield opened


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"5",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b'{"records": []}',
        b'{"records": 5}',
        b'{"records": [[]]}',
        b'{"kind": "order", "fields": {}}',
        b'{"kind": "product", "fields": {"gtin": [1]}}',
        b'{"kind": "product", "fields": {"gtin": "\\ud800"}}',
        b'{"kind": "product", "fields": {}, "extra": 1}',
        b'{"kind": "product", "fields": {"a": ' + b"9" * 5_000 + b"}}",
        b'{"kind": "product", "fields": {"' + b"x" * 200 + b'": 1}}',
        b'{"records": [' + b'{"kind": "product", "fields": {}},' * 1_000
        + b'{"kind": "product", "fields": {}}]}',
    ],
    ids=lambda body: body[:40].decode(),
)  # fmt: skip
def test_a_body_of_another_form_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/validate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == "REQUEST_INVALID"


def test_a_body_over_the_limit_is_refused_unread(client: TestClient) -> None:
    for size in (1_000_001, 10_000_000):
        answer = client.post("/validate", content=b"x" * size)
        assert (answer.status_code, answer.json()["code"]) == (413, "REQUEST_TOO_LARGE")

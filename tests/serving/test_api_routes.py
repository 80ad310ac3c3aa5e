from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving.api_company import (
    TestClient,
    client_of,
    found_home,
    pointer,
    publish_copy,
    raise_signals,
    spoil,
)
from tests.serving.conftest import Releases
from workspace.errors import CATALOGUE
from workspace.folder import Folder
from workspace.releases import point_to


@pytest.fixture
def home(tmp_path: Path, releases: Releases) -> Folder:
    return found_home(tmp_path / "company", releases.first, releases.second)


@pytest.fixture
def client(home: Folder) -> Iterator[TestClient]:
    with client_of(home) as opened:
        yield opened


def pages(client: TestClient, query: str) -> Iterator[dict[str, Any]]:
    """Yield all pages of a list."""
    cursor = ""
    while cursor is not None:
        answer = client.get(f"{query}{cursor and '&cursor='}{cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page
        cursor = page["next_cursor"]


def key_of(item: dict[str, Any]) -> tuple[str, ...]:
    return item["scheme_id"], item["unit_id"]


def test_every_answer_names_its_release(client: TestClient, releases: Releases) -> None:
    unit = client.get("/segments?page_size=1").json()["items"][0]
    named = f"/segments/{unit['product_code']}@{unit['site_code']}"
    for route in ("/segments", named, "/signals", "/releases/current", "/readyz"):
        answer = client.get(route)
        assert answer.status_code == 200, answer.text
        assert answer.json()["release_id"] == releases.second.name
        assert answer.json()["as_of_date"] == "2024-06-30"


def test_an_answer_that_the_caller_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/segments?page_size=1")
    again = client.get("/segments?page_size=1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_the_tag_changes_with_the_release_and_with_its_signals(
    client: TestClient, home: Folder, releases: Releases
) -> None:
    tags = [client.get("/segments").headers["etag"]]
    item = client.get("/segments").json()["items"][0]
    raise_signals(home, pointer(home), [(item["product_id"], item["site_id"])])
    tags.append(client.get("/segments").headers["etag"])
    point_to(home, releases.first.name)
    tags.append(client.get("/segments").headers["etag"])
    assert len(set(tags)) == 3
    assert releases.second.name in tags[0]
    assert tags[2] == f'"{releases.first.name}"'


def test_pages_hold_every_segment_once_and_in_order(client: TestClient) -> None:
    seen = [key_of(item) for page in pages(client, "/segments?page_size=700")
            for item in page["items"]]  # fmt: skip
    whole = client.get("/segments?page_size=1").json()
    assert whole["next_cursor"]
    assert seen == sorted(set(seen))
    assert len(seen) > 1_400


def test_filters_narrow_what_is_listed(client: TestClient) -> None:
    item = client.get("/segments?scheme=abc_xyz&page_size=1").json()["items"][0]
    query = (
        f"/segments?scheme=abc_xyz&segment={item['segment_id']}"
        f"&product={item['product_code']}&site={item['site_code']}"
    )
    assert client.get(query).json()["items"] == [item]
    assert client.get("/segments?segment=nobody").json()["items"] == []


def test_pages_stay_with_the_release_they_began_on(
    client: TestClient, home: Folder, releases: Releases
) -> None:
    point_to(home, releases.first.name)
    expected = [page["items"] for page in pages(client, "/segments?scheme=xyz&page_size=200")]
    walk = pages(client, "/segments?scheme=xyz&page_size=200")
    met = [next(walk)]
    point_to(home, releases.second.name)
    assert client.get("/releases/current").json()["release_id"] == releases.second.name
    met += list(walk)
    assert {page["release_id"] for page in met} == {releases.first.name}
    assert [page["items"] for page in met] == expected


@pytest.mark.parametrize(
    "cursor", ["AAAA", "W10", "%00", "~~~", "WyIuLi8uLi9ldGMiLCAiNTRiODY2YzNlYWJkIiwgImEiLCAiYiJd"]
)
def test_a_cursor_that_was_never_given_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get(f"/segments?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (410, "CURSOR_INVALID")


def test_a_cursor_serves_no_other_filter(client: TestClient) -> None:
    cursor = client.get("/segments?scheme=xyz&page_size=1").json()["next_cursor"]
    answer = client.get(f"/segments?scheme=abc_xyz&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (410, "CURSOR_INVALID")


def test_a_new_release_is_followed_without_a_restart(
    client: TestClient, home: Folder, releases: Releases
) -> None:
    assert client.get("/readyz").json()["release_id"] == releases.second.name
    publish_copy(home, releases.second, previous=None, name="2024-07-01_aaaaaaaaaaaa")
    answer = client.get("/segments?page_size=1").json()
    assert (answer["release_id"], answer["as_of_date"]) == ("2024-07-01_aaaaaaaaaaaa", "2024-07-01")


def test_a_damaged_release_is_not_served_and_the_last_sound_one_is(
    client: TestClient, home: Folder, releases: Releases
) -> None:
    publish_copy(home, releases.second, previous=None, name="2024-07-01_bbbbbbbbbbbb")
    spoil(home, "2024-07-01_bbbbbbbbbbbb")
    point_to(home, releases.first.name)
    assert client.get("/readyz").json()["status"] == "ready"
    point_to(home, "2024-07-01_bbbbbbbbbbbb")
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["code"]) == ("degraded", "RELEASE_DAMAGED")
    assert client.get("/segments").json()["release_id"] == releases.first.name
    (home.root / "CURRENT").write_text("nothing\n")
    assert client.get("/readyz").json()["code"] == "POINTER_DAMAGED"
    point_to(home, releases.second.name)
    assert client.get("/readyz").json()["status"] == "ready"


def test_without_a_release_the_process_is_healthy_and_not_ready(tmp_path: Path) -> None:
    with client_of(Folder(root=tmp_path)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        for route in ("/readyz", "/segments"):
            answer = client.get(route)
            assert (answer.status_code, answer.json()["code"]) == (503, "RELEASE_MISSING")


def test_signals_stand_beside_segments_until_a_publication_clears_them(
    client: TestClient, home: Folder, releases: Releases
) -> None:
    item = client.get("/segments?page_size=1").json()["items"][0]
    assert item["provisional"] is None
    unit = (item["product_id"], item["site_id"])
    raise_signals(home, releases.second.name, [unit])
    (signal,) = client.get("/signals").json()["items"]
    assert (signal["product_id"], signal["site_id"], signal["is_provisional"]) == (*unit, True)
    assert client.get("/segments?page_size=1").json()["items"][0]["provisional"] == signal
    story = client.get(f"/segments/{item['product_code']}@{item['site_code']}").json()
    assert story["units"][0]["provisional"] == signal
    publish_copy(home, releases.second, previous=None, name="2024-07-01_cccccccccccc")
    assert client.get("/signals").json()["items"] == []
    assert client.get("/segments?page_size=1").json()["items"][0]["provisional"] is None


def test_signals_are_listed_by_flag_and_page(client: TestClient, home: Folder) -> None:
    items = client.get("/segments?scheme=xyz&page_size=5").json()["items"]
    units = sorted((item["product_id"], item["site_id"]) for item in items)
    raise_signals(home, pointer(home), units, available=3)
    listed = [(row["product_id"], row["site_id"])
              for page in pages(client, "/signals?flag=order_spike&page_size=2")
              for row in page["items"]]  # fmt: skip
    assert listed == units
    assert client.get("/signals?flag=stock_out").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("/segments?page_size=1000000000", 422, "REQUEST_INVALID"),
        ("/segments?page_size=0", 422, "REQUEST_INVALID"),
        ("/segments?page_size=many", 422, "REQUEST_INVALID"),
        ("/segments?sheme=xyz", 422, "REQUEST_INVALID"),
        ("/segments?scheme=xzy", 422, "REQUEST_INVALID"),
        (f"/segments?product={'x' * 201}", 422, "REQUEST_INVALID"),
        ("/signals?flag=any", 422, "REQUEST_INVALID"),
        ("/segments/nothing@nowhere", 404, "UNIT_UNKNOWN"),
        ("/segments/'; drop table golden_xref; --", 404, "UNIT_UNKNOWN"),
        ("/segments/..%2f..%2fetc%2fpasswd", 404, "UNIT_UNKNOWN"),
        ("/segments/%ff%fe%00", 404, "UNIT_UNKNOWN"),
        ("/docs", 404, "ROUTE_UNKNOWN"),
        ("/", 404, "ROUTE_UNKNOWN"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_code(
    client: TestClient, query: str, status: int, code: str
) -> None:
    answer = client.get(query)
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["title"] == CATALOGUE[code].remedy
    assert problem["docs"] == "docs/errors.md"


def test_sql_in_a_filter_is_a_word_like_any_other(client: TestClient) -> None:
    for word in ("' or 1=1 --", "x'; drop table segment_assignment; --", "\u202eabc", "%"):
        assert client.get("/segments", params={"segment": word}).json()["items"] == []
    assert client.get("/segments?page_size=1").json()["items"]


def test_a_method_that_a_route_has_not_is_refused(client: TestClient) -> None:
    for method in ("DELETE", "PUT", "PATCH", "POST"):
        answer = client.request(method, "/segments")
        assert (answer.status_code, answer.json()["code"]) == (405, "ROUTE_UNKNOWN")

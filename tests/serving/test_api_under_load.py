from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from tests.serving.api_company import TestClient, client_of, found_home, publish_copy
from tests.serving.conftest import Releases

READERS = 12
PUBLISHED = 6


def ask(client: TestClient, done: Event, route: str) -> list[tuple[int, str, int]]:
    """Ask until all is published; return status, release and rows of each answer."""
    met: list[tuple[int, str, int]] = []
    while not done.is_set() or len(met) < PUBLISHED:
        answer = client.get(route)
        document = answer.json()
        rows = document.get("items") or document.get("feeds") or document.get("units") or []
        met.append((answer.status_code, document.get("release_id", answer.text), len(rows)))
    return met


def test_readers_meet_whole_releases_one_after_the_other_while_nights_are_published(
    tmp_path: Path, releases: Releases
) -> None:
    home = found_home(tmp_path / "company", releases.first, releases.second)
    with client_of(home) as client, ThreadPoolExecutor(READERS) as readers:
        item = client.get("/segments?page_size=1").json()["items"][0]
        routes = (
            "/segments?page_size=50",
            f"/segments/{item['product_code']}@{item['site_code']}",
            "/releases/current",
        )
        done = Event()
        asked = [readers.submit(ask, client, done, routes[n % len(routes)]) for n in range(READERS)]
        for number in range(1, PUBLISHED + 1):
            name = f"2024-07-{number:02}_{number:012}"
            publish_copy(home, releases.second, previous=None, name=name)
        done.set()
        for route, future in enumerate(asked):
            met = future.result()
            assert {status for status, _, _ in met} == {200}, met
            seen = [release for _, release, _ in met]
            assert seen == sorted(seen)
            assert len({rows for _, _, rows in met}) == 1, routes[route % len(routes)]
        assert client.get("/readyz").json()["release_id"] == name

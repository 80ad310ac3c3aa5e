"""What has left the company is listed by no cursor, whatever release it began on."""

from __future__ import annotations

from pathlib import Path

from tests.serving.api_company import client_of, found_home, publish_copy
from tests.serving.conftest import Releases


def test_a_cursor_from_before_a_sale_no_longer_lists_what_was_sold(
    tmp_path: Path, releases: Releases
) -> None:
    home = found_home(tmp_path / "company", releases.first, releases.second)
    with client_of(home) as client:
        begun = client.get("/segments?scheme=xyz&page_size=1").json()
        (_, second) = client.get("/segments?scheme=xyz&page_size=2").json()["items"]
        cursor = f"/segments?scheme=xyz&page_size=1&cursor={begun['next_cursor']}"
        assert client.get(cursor).json()["items"][0]["unit_id"] == second["unit_id"]

        sold = f"insert into entity_events values ('{second['product_id']}', 'divest', false)"
        name = "2024-07-01_000000000000"
        publish_copy(home, releases.second, previous=None, name=name, changed=sold)
        pinned = client.get(cursor).json()
        assert pinned["release_id"] == begun["release_id"]
        assert second["product_id"] not in {item["product_id"] for item in pinned["items"]}

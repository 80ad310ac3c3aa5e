"""A workspace with published releases of the invented wholesaler, and clients of its API."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from fastapi.testclient import TestClient as TestClient  # tests take it from here

from serving.api.access import Access
from serving.api.app import create_app
from workspace.api_keys import FILE, KeyFile
from workspace.folder import Folder
from workspace.intraday.store import SIGNALS, keep
from workspace.releases import Release, file_hashes, publish
from workspace.warehouse import create_by_contract

TODAY = date(2024, 7, 1)
NOON = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
# What the written releases leave out: keys of sites and customers, a key that was merged away, and
# how complete a feed is.
COMPLETED = """
insert into golden_xref
select 'site', 'erp_north', site_code, site_id, 'own key', 1.0, date '2022-07-04', null
from golden_location
union all
select 'customer', 'erp_north', leading_source_key, customer_id, 'own key', 1.0,
    date '2022-07-04', null
from golden_customer
union all
select 'product', 'erp_north', 'OLD-1', (select min(product_id) from golden_product), 'own key',
    1.0, date '2022-07-04', date '2024-01-01';
alter table source_freshness add column delivery_mode varchar default 'batch';
alter table source_freshness add column complete_to_date date;
alter table source_freshness add column is_provisional boolean default false;
create table entity_events (golden_id varchar, event_type varchar, is_reversed boolean);
"""


def publish_copy(
    home: Folder, folder: Path, *, previous: str | None, name: str = "", changed: str = ""
) -> Release:
    """Publish a written release, under its own id or another, as it is or changed by SQL."""
    staged = home.root / "staged"
    shutil.copytree(folder, staged)
    release_id = name or folder.name
    with duckdb.connect(staged / "tierwise.duckdb") as connection:
        known = connection.execute(
            "select count(*) from golden_xref where object_type = 'site'"
        ).fetchall()
        if known == [(0,)]:
            connection.execute(COMPLETED)
        connection.execute("update publish_manifest set release_id = ?", [release_id])
        connection.execute(changed or "select 1")
    manifest = {
        "release_id": release_id,
        "as_of_date": release_id[:10],
        "previous_release_id": previous,
        "identity": {},
        "run": {"published_at": "2024-07-01T02:00:00+00:00"},
        "files": file_hashes(staged),
    }
    return publish(home, staged, manifest)


def found_home(root: Path, first: Path, second: Path) -> Folder:
    """Return a workspace whose current release is the second of two."""
    root.mkdir()
    home = Folder(root=root)
    publish_copy(home, first, previous=None)
    publish_copy(home, second, previous=first.name)
    return home


def key_file(home: Folder) -> KeyFile:
    """Return the workspace's file of keys."""
    return KeyFile(home.root / FILE)


@contextmanager
def client_of(
    home: Folder, *, requires_key: bool = False, host: str = "127.0.0.1"
) -> Iterator[TestClient]:
    """Start the API; the client calls from an address of the machine, or from another."""
    access = Access(key_file(home), requires_key=requires_key, today=lambda: TODAY)
    app = create_app(home, access)
    with TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        client=(host, 50_000),
        raise_server_exceptions=False,
    ) as client:
        yield client


def raise_signals(
    home: Folder, release_id: str, units: list[tuple[str, str]], *, available: int = 0
) -> None:
    """Keep signals of some units as the lane would."""
    (home.root / "intraday").mkdir(exist_ok=True)
    with duckdb.connect() as connection:
        create_by_contract(connection, f"staging.{SIGNALS}")
        for product, site in units:
            connection.execute(
                f"""
                insert into staging.{SIGNALS} by name select
                    ? as product_id, ? as site_id, ? as release_id,
                    date '2024-06-30' as watermark_date, date '2024-07-01' as first_event_date,
                    date '2024-07-01' as last_event_date, 1 as event_count, 1 as pending_count,
                    0 as late_count, 9 as ordered_units, 4 as weekly_mean_units,
                    8 as order_spike_limit_units, true as is_order_spike, 9 as on_hand_units,
                    {available} as available_units, {available} <= 0 as is_stock_out,
                    0 as late_line_count, false as is_late_shipment, true as is_provisional,
                    timestamp '2024-07-01 11:00:00' as last_arrived_at
                """,
                [product, site, release_id],
            )
        connection.execute("create temp table none as select 1 as nothing where false")
        keep(
            connection,
            home,
            release_id=release_id,
            business_date=TODAY,
            looked_at=NOON,
            tables={SIGNALS: f"staging.{SIGNALS}", "quarantine": "none"},
        )


def pointer(home: Folder) -> str:
    """Return the id that CURRENT names."""
    return (home.root / "CURRENT").read_text().strip()


def spoil(home: Folder, release_id: str) -> None:
    """Change a byte of a published manifest."""
    file = home.releases / release_id / "manifest.json"
    file.chmod(0o644)
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "as_of_date": "2024-06-29"}))

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.workspace.small_company import BUSINESS_DATE, DELIVERY, Company, ingested
from workspace.folder import Workspace
from workspace.ingest.delivery import inputs_hash
from workspace.night_inputs import NightKey, night_key
from workspace.release_builder import Draft, assemble, released_tables, staging_folder
from workspace.releases import publish, verify
from workspace.table_contract import public_tables
from workspace.warehouse import create_by_contract

ITEMS = [(f"P{number}", f"S{number % 3}") for number in range(50)]


@pytest.fixture
def workspace(company: Company) -> Workspace:
    return company.open()


def assembled(
    workspace: Workspace, items: list[tuple[str, str]], *, late: str | None = None
) -> tuple[Draft, NightKey]:
    """Assemble a release from a small night, its other tables empty but for the stock of items."""
    with ingested(workspace) as night:
        if late is not None:
            (workspace.inbox / "erp" / "orders_late.csv").write_text(late)
        written = {"raw_extracts", "quarantine", "source_freshness", "row_decisions"}
        for table in public_tables():
            if table.table not in written:
                create_by_contract(night.connection, table.name)
        night.connection.executemany(
            "insert into facts.fct_stock by name select ? as product_id, ? as site_id, "
            "0 as on_hand_units, 0 as on_order_units, 0 as stock_value_amount",
            items,
        )
        key = night_key(workspace, BUSINESS_DATE)
        return assemble(night.connection, workspace, staging_folder(workspace, "run"), key), key


def test_a_release_holds_every_public_table_twice_with_its_descriptions(
    workspace: Workspace,
) -> None:
    draft, _ = assembled(workspace, ITEMS)
    names = {table.table for table in public_tables()}
    assert {file.stem for file in (draft.folder / "tables").iterdir()} == names
    with duckdb.connect(str(draft.folder / "tierwise.duckdb"), read_only=True) as release:
        described = dict(
            release.execute("select table_name, comment from duckdb_tables()").fetchall()
        )
        assert described == {table.table: table.description for table in public_tables()}
        undescribed = "select count(*) from duckdb_columns() where comment is null and not internal"
        assert release.execute(undescribed).fetchall() == [(0,)]
        assert release.execute("select product_id, site_id from fct_stock").fetchall() == sorted(
            ITEMS
        )


def test_clients_from_1_0_can_open_the_database(workspace: Workspace) -> None:
    draft, _ = assembled(workspace, ITEMS)
    header = (draft.folder / "tierwise.duckdb").read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64  # the version that DuckDB 1.0 writes
    assert not (draft.folder / "tierwise.duckdb.wal").exists()


def test_the_same_rows_give_the_same_files_and_id_whatever_their_order(
    workspace: Workspace,
) -> None:
    first, _ = assembled(workspace, ITEMS)
    parquet = {file.name: file.read_bytes() for file in (first.folder / "tables").iterdir()}
    again, _ = assembled(workspace, ITEMS[::-1])
    assert again.release_id == first.release_id
    assert {f.name: f.read_bytes() for f in (again.folder / "tables").iterdir()} == parquet
    other, _ = assembled(workspace, ITEMS[1:])
    assert other.release_id != first.release_id


def test_a_published_draft_is_whole_and_its_manifest_names_the_inputs(
    workspace: Workspace,
) -> None:
    draft, _ = assembled(workspace, ITEMS)
    release = publish(workspace, draft.folder, draft.manifest("run"))
    assert verify(release) == []
    identity = json.loads((release.folder / "manifest.json").read_text())["identity"]
    assert [entry["file_name"] for entry in identity["inputs"]] == [
        Path(name).name for name in sorted(DELIVERY)
    ]
    assert set(identity["tables"]) == {table.table for table in released_tables()}
    assert identity["tables"]["fct_stock"]["rows"] == len(ITEMS)


def test_a_file_that_arrives_while_the_night_runs_is_new_to_the_next_one(
    workspace: Workspace,
) -> None:
    before = inputs_hash(workspace, BUSINESS_DATE)
    late = DELIVERY["erp/orders_1.csv"].replace("O1", "O7")
    draft, key_at_the_end = assembled(workspace, ITEMS, late=late)
    assert draft.key.inputs == before != key_at_the_end.inputs
    assert draft.identity["night_key"] == draft.key.hash != key_at_the_end.hash

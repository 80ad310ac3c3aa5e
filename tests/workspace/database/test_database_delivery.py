from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.workspace.small_company import BUSINESS_DATE, Company, ingested
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.database_delivery import deliver_databases

FRIDAY, SATURDAY = date(2026, 6, 26), date(2026, 6, 27)
SOURCE = """\
system: shop
description: A shop's database.
kind: erp
priority: 2
format: {kind: database, url_variable: SHOP_URL}
extracts:
  items:
    path: shop/items_{%Y-%m-%d}.parquet
    description: Items.
    format: {table: items}
    key: [id]
    columns: {id: text, name: text}
  moves:
    path: shop/moves_{%Y-%m-%d}.parquet
    description: Movements.
    delivery: append
    format: {table: moves, incremental_by: id}
    key: [id]
    columns: {id: integer}
"""


@pytest.fixture
def shop_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    change(url, "create table items (id text, name text)", "create table moves (id integer)")
    change(url, "insert into items values ('1', 'Bolt')", "insert into moves values (9), (10)")
    return url


def change(url: str, *statements: str) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def shop(folder: Path, *changes: tuple[str, str]) -> Workspace:
    source = SOURCE
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return Company(root=folder / "company").configure("sources/shop.yml", text=source).open()


def quiet(*_: object) -> None:
    """Hear the progress."""


def ids(workspace: Workspace, name: str) -> list[str]:
    table = pq.read_table(workspace.inbox / "shop" / name)
    return [str(value) for value in table.column("id").to_pylist()]


def test_each_table_is_delivered_once_for_a_business_date(tmp_path: Path, shop_url: str) -> None:
    workspace = shop(tmp_path)
    (done,) = deliver_databases(workspace, FRIDAY, quiet, {"SHOP_URL": shop_url})
    assert [one.target.name for one in done.fetched] == [
        "items_2026-06-26.parquet",
        "moves_2026-06-26.parquet",
    ]
    change(shop_url, "delete from items")
    assert deliver_databases(workspace, FRIDAY, quiet, {"SHOP_URL": shop_url}) == []
    assert ids(workspace, "items_2026-06-26.parquet") == ["1"]


def test_an_incremental_table_goes_on_where_the_file_before_ends(
    tmp_path: Path, shop_url: str
) -> None:
    workspace = shop(tmp_path)
    deliver_databases(workspace, FRIDAY, quiet, {"SHOP_URL": shop_url})
    change(shop_url, "insert into moves values (11)")
    deliver_databases(workspace, SATURDAY, quiet, {"SHOP_URL": shop_url})
    assert ids(workspace, "moves_2026-06-26.parquet") == ["9", "10"]
    assert ids(workspace, "moves_2026-06-27.parquet") == ["10", "11"]


def test_a_day_before_one_that_was_fetched_cannot_be_fetched_any_more(
    tmp_path: Path, shop_url: str
) -> None:
    workspace = shop(tmp_path)
    deliver_databases(workspace, SATURDAY, quiet, {"SHOP_URL": shop_url})
    assert deliver_databases(workspace, FRIDAY, quiet, {"SHOP_URL": shop_url}) == []


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"CONFIG_ENVIRONMENT shop\.items: .* SHOP_URL is not"):
        deliver_databases(shop(tmp_path), FRIDAY, quiet, {})


def test_a_database_that_fails_stops_the_night_unless_its_extracts_can_do_without(
    tmp_path: Path,
) -> None:
    nowhere = {"SHOP_URL": f"sqlite:///{tmp_path / 'no folder' / 'shop.db'}"}
    with pytest.raises(TierwiseError, match=r"SYS_DATABASE shop\.items"):
        deliver_databases(shop(tmp_path), FRIDAY, quiet, nowhere)
    forgiving = shop(
        tmp_path,
        ("    description: Items.\n", "    description: Items.\n    required: false\n"),
        ("delivery: append", "delivery: {kind: append, carry_forward_days: 3}"),
    )
    (done,) = deliver_databases(forgiving, FRIDAY, quiet, nowhere)
    assert (done.fetched, done.error and done.error.code) == ((), "SYS_DATABASE")


def test_a_workspace_without_databases_needs_none(tmp_path: Path) -> None:
    workspace = Company(root=tmp_path).open()
    assert deliver_databases(workspace, FRIDAY, quiet, {}) == []


@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_orders_of_a_database_give_the_same_rows_as_those_of_a_file(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    query = "select * exclude (_file) from raw.order_lines order by all"
    with ingested(Company(root=tmp_path / "files").open()) as night:
        expected = night.rows(query)
    at = f"sqlite:///{tmp_path / 'erp.db'}"
    url = request.getfixturevalue("url") if kind == "postgresql" else at
    change(
        url,
        'create table orders ("order" text, line int, customer text, product text, day date,'
        " units numeric(12, 3))",
        "insert into orders values ('O2', 1, 'C2', 'P1', '2026-01-06', 5),"
        " ('O1', 2, 'C1', 'P2', '2026-01-05', 4), ('O1', 1, 'C1', 'P1', '2026-01-05', 3)",
    )
    workspace = (
        Company(root=tmp_path / "tables")
        .configure(
            "sources/erp.yml",
            ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}.parquet"),
            ("delivery: append", "format: {kind: database, url_variable: ERP_URL, table: orders}"),
        )
        .open({"erp/orders_1.csv": None})
    )
    deliver_databases(workspace, BUSINESS_DATE, quiet, {"ERP_URL": url})
    with ingested(workspace) as night:
        assert night.rows(query) == expected

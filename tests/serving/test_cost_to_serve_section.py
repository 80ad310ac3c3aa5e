"""The way from list price to pocket margin, and the whale, as the report draws them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving.release_reader import open_release
from serving.report.section import Release, Section
from serving.report.sections.cost_to_serve import cost_to_serve
from serving.wording import NO_BREAK
from tests.serving.conftest import Releases
from workspace.table_contract import contract

WATERFALL = {
    "list_amount": 130, "discount_amount": 10, "revenue_amount": 120, "rebate_amount": 5,
    "order_processing_amount": 15, "handling_amount": 0, "returns_handling_amount": 0,
    "freight_amount": 20, "credit_amount": 0, "special_handling_amount": 0,
    "dedicated_stock_amount": 0, "premium_freight_amount": 0, "cost_to_serve_amount": 35,
    "cost_of_goods_amount": 60, "pocket_margin_amount": 20,
}  # fmt: skip
POOL = {
    "pool_id": "desk", "activity_id": "(idle)", "pool_amount": 100, "allocated_amount": 0,
    "idle_amount": 30, "unallocated_amount": 0, "excess_units": 0,
}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


@pytest.fixture
def drawn(releases: Releases, tmp_path: Path) -> Callable[[Rows], Section | None]:
    """Return the section of a release whose curve has these rows."""

    def draw(curve: Rows) -> Section | None:
        folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
        with duckdb.connect(folder / "tierwise.duckdb") as connection:
            ids = connection.execute("select customer_id from golden_customer order by all")
            customers = [row[0] for row in ids.fetchall()]
            rows = [{"customer_id": customers[n], **row} for n, row in enumerate(curve)]
            _fill(connection, "whale_curve", rows)
            _fill(connection, "activity_cost_allocation", [POOL])
        with open_release(folder) as reader:
            return cost_to_serve(Release(now=reader))

    return draw


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Rows) -> None:
    columns = contract(f"features.{table}").columns
    listed = ", ".join(f"{c.name} {c.data_type}" for c in columns)
    connection.execute(f"create table {table} ({listed})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
        )


def place(number: int, of: int, cumulated: float, *, is_peak: bool = False) -> dict[str, Any]:
    return WATERFALL | {
        "position_count": number,
        "customer_share_rate": number / of,
        "costed_line_count": 3,
        "cumulated_pocket_margin_amount": cumulated,
        "is_peak": is_peak,
    }


def test_each_step_of_the_waterfall_begins_where_the_one_before_it_ends(
    drawn: Callable[[Rows], Section | None],
) -> None:
    section = drawn([place(1, 1, 20, is_peak=True)])
    assert section is not None
    waterfall, _ = section.charts
    steps = waterfall.specification["datasets"]["steps"]
    assert [(s["step"], s["low"], s["high"]) for s in steps] == [
        ("list price", 0, 130),
        ("discounts", 120, 130),
        ("invoiced", 0, 120),
        ("rebates", 115, 120),
        ("cost of goods", 55, 115),
        ("freight", 35, 55),
        ("order processing", 20, 35),
        ("pocket margin", 0, 20),
    ]


def test_the_whale_is_told_by_its_peak_and_its_end(
    drawn: Callable[[Rows], Section | None],
) -> None:
    section = drawn([place(1, 3, 60), place(2, 3, 90, is_peak=True), place(3, 3, 50)])
    assert section is not None
    whale = section.charts[1]
    title = whale.title.replace(NO_BREAK, " ")
    assert title == "2 customers earn 90 EUR; the other 1 take 40 EUR of it away"
    # No point twice: areas at one place are stacked.
    assert [p["cumulated"] for p in whale.specification["datasets"]["points"]] == [0, 60, 90, 50]
    assert section.tables[0].rows == [("desk", 30, 0, 30, 0, False)]


def test_where_all_lose_the_curve_is_drawn_below_nothing(
    drawn: Callable[[Rows], Section | None],
) -> None:
    section = drawn([place(1, 2, -10, is_peak=True), place(2, 2, -40)])
    assert section is not None
    title = section.charts[1].title.replace(NO_BREAK, " ")
    assert title == "No customer earns anything; together they cost 40 EUR"
    y = section.charts[1].specification["layer"][0]["encoding"]["y"]
    assert y["scale"]["domain"] == [-40, 0]


def test_without_costed_lines_there_is_no_section(
    drawn: Callable[[Rows], Section | None], releases: Releases
) -> None:
    assert drawn([]) is None
    with open_release(releases.first) as reader:
        assert cost_to_serve(Release(now=reader)) is None

"""Order lines, pools and an agreement in a database of its own, costed as a night does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.costing.allocation import ALLOCATION, LINE_COSTS, allocate_pools, cost_lines
from workspace.costing import LINES, read_costing
from workspace.table_contract import contract
from workspace.warehouse import write_by_contract

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
Row = Mapping[str, Any]
LINE: Row = {
    "month_start_date": JANUARY, "customer_id": "c", "orders": 1, "sales_lines": 1,
    "return_lines": 0, "cancelled_lines": 0, "revenue_amount": 100, "rebate_amount": 0,
    "freight_amount": 0, "premium_freight_amount": 0, "cost_of_goods_amount": 60,
    "cost_grade": "actual", "list_grade": "actual", "stated_units": 1,
}  # fmt: skip
POOL: Row = {
    "pool_id": "desk", "month_start_date": JANUARY, "is_in_scope": True, "cost_amount": 1_000,
    "practical_capacity_units": 500, "capacity_unit": "minutes", "capacity_unit_count": 1,
}  # fmt: skip
ENTERING = """\
activities:
  entering:
    title: Enter orders
    pool: desk
    element: order_processing
    driver: orders
    equation: 10 * orders + 2 * sales_lines
    approver: controlling
    approved: 2026-01-01
"""
FREIGHT = "{name}: {{driver: the charge, approver: controlling, approved: 2026-01-01}}\n"


@dataclass(frozen=True, kw_only=True)
class Costed:
    """Both tables of a night, by row."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def total(self, column: str, where: str = "true") -> Any:
        """Return a sum over the allocation."""
        return self.rows(f"select sum({column}) from {ALLOCATION} where {where}")[0][0]

    def lines(self, column: str) -> dict[str, Any]:
        return dict(self.rows(f"select order_line_id, {column} from {LINE_COSTS}"))


@contextmanager
def costed(
    folder: Path,
    *,
    agreed: str | None = ENTERING,
    lines: Sequence[Row] = ({},),
    pools: Sequence[Row] = ({},),
    legs: Sequence[Row] = (),
) -> Iterator[Costed]:
    """Cost some lines; what a row does not say is as in LINE and POOL."""
    if agreed is not None:
        (folder / "costing.yml").write_text(agreed, encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute("create schema features")
        named = [{"order_line_id": f"e:{n}:1", **LINE, **line} for n, line in enumerate(lines)]
        _fill(connection, LINES, named)
        _fill(connection, "features.int_cost_pools", [{**POOL, **pool} for pool in pools])
        _fill(connection, "features.int_freight_shares", legs)
        costing = read_costing(folder)
        for table, compute in ((ALLOCATION, allocate_pools), (LINE_COSTS, cost_lines)):
            write_by_contract(connection, table, compute(connection, costing))
        yield Costed(connection=connection)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    columns = ", ".join(f"{c.name} {c.data_type}" for c in contract(table).columns)
    connection.execute(f"create table {table} ({columns})")
    for row in rows:
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
        )

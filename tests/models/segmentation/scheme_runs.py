"""Run compiled schemes on small relations in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from models.segmentation.compile import compile_scheme
from models.segmentation.scheme import Cut, Method, ParetoShare, Rule, Scheme

NEW = Rule(rule_id="is_new", segment_id="new", when="months_of_history < 6")
STOPPED = Rule(rule_id="without_demand", segment_id="no_demand", when="demand_weeks_count = 0")


def scheme(method: Method, *first_rules: Rule, keys: tuple[str, ...] = ("item_id",)) -> Scheme:
    """A scheme whose amount at stake is the column `value_amount`."""
    return Scheme(
        scheme_id="tested",
        title="A scheme under test",
        unit="item",
        keys=keys,
        first_rules=first_rules,
        method=method,
        fallback_segment_id="unclear",
        value_column="value_amount",
    )


def cuts(**ends: str) -> tuple[Cut, ...]:
    return tuple(Cut(segment_id=name, up_to=Decimal(end)) for name, end in ends.items())


def abc(*within: str, **ends: str) -> ParetoShare:
    ends = ends or {"A": "0.80", "B": "0.95", "C": "1"}
    return ParetoShare(measure="value_amount", cuts=cuts(**ends), within=within)


def run(
    connection: duckdb.DuckDBPyConnection,
    tested: Scheme,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
) -> list[dict[str, Any]]:
    """Create the relation, run the scheme on it, and return its rows in the order of the keys."""
    types = ", ".join(f"{name} {data_type}" for name, data_type in columns.items())
    connection.execute(f"create or replace table items ({types})")
    if rows:
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
        connection.execute(f"insert into items values {marks}", [v for row in rows for v in row])
    statement = compile_scheme(tested, "items", columns)
    result = connection.execute(f"select * from ({statement}) order by {', '.join(tested.keys)}")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def segments(rows: Sequence[Mapping[str, object]]) -> list[object]:
    return [row["segment_id"] for row in rows]

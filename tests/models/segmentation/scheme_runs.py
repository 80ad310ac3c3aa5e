"""Run compiled schemes on small relations in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import strategies as st

from models.segmentation.compile import compile_cuts, compile_scheme
from models.segmentation.methods.cuts import Cut
from models.segmentation.methods.demand_pattern import DemandPattern
from models.segmentation.methods.matrix import Matrix
from models.segmentation.methods.method import Method
from models.segmentation.methods.ranking import CUT_VALUES, Ranking
from models.segmentation.methods.ranking_kinds import ParetoShare
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.scheme import Rule, Scheme

NEW = Rule(rule_id="is_new", segment_id="new", when="months_of_history < 6")
STOPPED = Rule(rule_id="without_demand", segment_id="no_demand", when="demand_weeks_count = 0")


def scheme(
    method: Method,
    *first_rules: Rule,
    keys: tuple[str, ...] = ("item_id",),
    band: Decimal = Decimal(0),
) -> Scheme:
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
        band=band,
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
    """Create the relation, review a ranking, run the scheme; rows come by their keys."""
    lay_out(connection, columns, rows)
    if isinstance(tested.method, Ranking):
        review(connection, tested, columns)
    return result(connection, tested, columns)


def lay_out(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, str],
    rows: Sequence[Sequence[object]],
) -> None:
    types = ", ".join(f"{name} {data_type}" for name, data_type in columns.items())
    connection.execute(f"create or replace table items ({types})")
    if rows:
        marks = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
        connection.execute(f"insert into items values {marks}", [v for row in rows for v in row])


def review(
    connection: duckdb.DuckDBPyConnection, tested: Scheme, columns: Mapping[str, str]
) -> None:
    """Find the cut values of a ranking among the items, for all runs until the next review."""
    assert isinstance(tested.method, Ranking)
    connection.execute(
        f"create or replace table {CUT_VALUES} as "
        f"select group_key, date '2026-04-01' as reviewed_date, {tested.method.by_group()} "
        f"from ({compile_cuts(tested, 'items', columns)}) group by group_key"
    )


def result(
    connection: duckdb.DuckDBPyConnection, tested: Scheme, columns: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Run the scheme on the relation as it is."""
    statement = compile_scheme(tested, "items", columns)
    found = connection.execute(f"select * from ({statement}) order by {', '.join(tested.keys)}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def segments(rows: Sequence[Mapping[str, object]]) -> list[object]:
    return [row["segment_id"] for row in rows]


XYZ = Thresholds(column="cv_ratio", cuts=cuts(X="0.5", Y="1.0"), last_segment_id="Z")
PATTERN = DemandPattern(adi_column="adi_ratio", cv2_column="cv2_ratio")
CELLS = Matrix(row_scheme="abc", column_scheme="xyz")
COLUMNS = {
    "item_id": "bigint",
    "value_amount": "decimal(18,4)",
    "months_of_history": "double",
    "demand_weeks_count": "bigint",
    "cv_ratio": "double",
    "adi_ratio": "double",
    "cv2_ratio": "double",
    "product_line": "string",
    "launch_date": "date",
    "is_active": "boolean",
    "abc": "string",
    "xyz": "string",
}
USUAL = {
    "value_amount": 10,
    "months_of_history": 24.0,
    "demand_weeks_count": 50,
    "cv_ratio": 0.4,
    "adi_ratio": 1.1,
    "cv2_ratio": 0.2,
    "product_line": "pumps",
    "launch_date": "2020-01-31",
    "is_active": True,
    "abc": "A",
    "xyz": "X",
}


RATIOS = st.floats(0, 3).map(lambda x: round(x, 12)) | st.sampled_from(
    [0.0, 0.49, 0.5, 1.0, 1.32, 0.500000000001, 1.319999999999]
)


def classify(
    connection: duckdb.DuckDBPyConnection,
    method: Method,
    items: Sequence[Mapping[str, object]],
    *first_rules: Rule,
) -> list[dict[str, Any]]:
    """Classify items that differ from a usual one in the columns given."""
    rows = [tuple({"item_id": n, **USUAL, **item}.values()) for n, item in enumerate(items)]
    return run(connection, scheme(method, *first_rules), COLUMNS, rows)


def one(
    connection: duckdb.DuckDBPyConnection, method: Method, *first_rules: Rule, **item: object
) -> dict[str, Any]:
    return classify(connection, method, [item], *first_rules)[0]

"""A unit alone with another measure gets the class that the whole scheme would give it there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.compile import compile_scheme
from models.segmentation.moved import compile_moved
from models.segmentation.scheme import Method, Rule, SchemeError
from tests.models.segmentation.scheme_runs import XYZ, abc, cuts, scheme

COLUMNS = {"item_id": "bigint", "world": "string", "value_amount": "decimal(18,4)"}
AMOUNT = (
    st.none()
    | st.decimals("-2", "3", places=0)
    | st.decimals("0", "100", places=1)
    | st.decimals("0", "100000", places=4)
)
ITEMS = st.lists(
    st.tuples(st.sampled_from(["east", "west"]), AMOUNT, AMOUNT), min_size=1, max_size=9
)
LOSSES = Rule(rule_id="loss", segment_id="loss", when="value_amount < 0")
METHODS = st.sampled_from(
    [abc(), abc("world"), abc(A="0.5", B="1"), abc(A="0.333333", B="0.6", C="0.9", D="1")]
)
Items = Sequence[tuple[str, Decimal | None, Decimal | None]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def lay_out(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple]) -> None:
    types = ", ".join(f"{column} {of}" for column, of in COLUMNS.items())
    connection.execute(f"create or replace table {name} ({types})")
    connection.executemany(f"insert into {name} values (?, ?, ?)", rows)


def moved(connection: duckdb.DuckDBPyConnection, method: Method, items: Items) -> list[object]:
    """Return the class of each item, were it alone to have its second amount."""
    for name, at in (("held", 1), ("ends", 2)):
        lay_out(connection, name, [(n, item[0], item[at]) for n, item in enumerate(items)])
    statement = compile_moved(scheme(method, LOSSES), "held", "ends", COLUMNS)
    found = connection.execute(f"select segment_id from ({statement}) order by item_id").fetchall()
    return [segment for (segment,) in found]


def one_by_one(connection: duckdb.DuckDBPyConnection, method: Method, items: Items) -> list[object]:
    """The definition: run the whole scheme once for each item."""
    classes = []
    for moving in range(len(items)):
        rows = [(n, item[0], item[2 if n == moving else 1]) for n, item in enumerate(items)]
        lay_out(connection, "whole", rows)
        statement = compile_scheme(scheme(method, LOSSES), "whole", COLUMNS)
        found = connection.execute(
            f"select segment_id from ({statement}) where item_id = {moving}"
        ).fetchall()
        classes.append(found[0][0])
    return classes


@given(ITEMS, METHODS)
@settings(max_examples=30)
def test_one_statement_moves_each_item_by_itself(
    connection: duckdb.DuckDBPyConnection, items: Items, method: Method
) -> None:
    assert moved(connection, method, items) == one_by_one(connection, method, items)


def test_an_item_that_does_not_move_keeps_its_class(connection: duckdb.DuckDBPyConnection) -> None:
    items = [("east", Decimal(n), Decimal(n)) for n in (85, 10, 5, 0, -1)]
    assert moved(connection, abc(), items) == ["A", "B", "C", "C", "loss"]


def test_thresholds_read_the_other_value(connection: duckdb.DuckDBPyConnection) -> None:
    method = type(XYZ)(column="value_amount", cuts=cuts(X="5"), last_segment_id="Z")
    assert moved(connection, method, [("east", Decimal(1), Decimal(9))]) == ["Z"]


def test_a_measure_that_is_no_column_is_refused() -> None:
    known = {name: of for name, of in COLUMNS.items() if name != "value_amount"}
    with pytest.raises(SchemeError, match="no column value_amount"):
        compile_moved(scheme(abc()), "held", "ends", known)

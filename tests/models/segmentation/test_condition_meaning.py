"""What a condition is written as means what its text means to DuckDB."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.conditions import check_condition

COLUMNS = {
    "units": "bigint",
    "margin_amount": "decimal(18,4)",
    "cv_ratio": "double",
    "is_active": "boolean",
}
NUMBERS = st.recursive(
    st.sampled_from(["units", "margin_amount", "cv_ratio", "0", "1", "2.5"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | inner.map(lambda x: f"- {x}")
        | st.tuples(st.sampled_from(["coalesce", "least", "greatest"]), inner, inner).map(
            lambda p: f"{p[0]}({p[1]}, {p[2]})"
        )
    ),
    max_leaves=4,
)
ATOMS = (
    st.tuples(NUMBERS, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), NUMBERS).map(" ".join)
    | NUMBERS.map(lambda x: f"{x} is null")
    | st.tuples(NUMBERS, NUMBERS).map(lambda p: f"{p[0]} between 0 and {p[1]}")
    | NUMBERS.map(lambda x: f"{x} not in (0, 1)")
    | st.just("is_active")
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join)
        | inner.map(lambda x: f"not {x}")
        | inner.map(lambda x: f"({x})")
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    values = "(null, -1, 0, 1, 2)"
    connection.execute(
        "create table items as select a.u::bigint as units, b.u::decimal(18,4) as margin_amount, "
        "c.u::double as cv_ratio, d.f as is_active "
        f"from (select unnest([{values[1:-1]}]) as u) a, (select unnest([{values[1:-1]}]) as u) b, "
        "(select unnest([null, 0.5, 2.5]) as u) c, (select unnest([true, false, null]) as f) d"
    )
    return connection


@given(text=CONDITIONS)
@settings(max_examples=60)
def test_what_is_written_means_what_was_read(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    written = check_condition(text, columns=COLUMNS).sql
    differing = f"select * from items where ({text}) is distinct from ({written})"
    assert connection.execute(differing).fetchall() == []
    assert check_condition(written, columns=COLUMNS).sql == written

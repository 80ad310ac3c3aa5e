"""What all compiled schemes share: first rules, inputs, fallbacks, refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.compile import compile_scheme
from models.segmentation.conditions import RuleError
from models.segmentation.errors import SchemeError
from models.segmentation.methods.method import Method
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.ruled import RESULT_COLUMNS
from models.segmentation.scheme import Rule
from tests.models.segmentation.scheme_runs import (
    CELLS,
    COLUMNS,
    NEW,
    PATTERN,
    RATIOS,
    STOPPED,
    XYZ,
    abc,
    classify,
    cuts,
    one,
    scheme,
    segments,
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def test_first_rules_fire_in_their_order(connection: duckdb.DuckDBPyConnection) -> None:
    both = {"months_of_history": 1.0, "demand_weeks_count": 0}
    first = one(connection, XYZ, NEW, STOPPED, **both)
    second = one(connection, XYZ, STOPPED, NEW, **both)
    assert (first["segment_id"], first["rule_id"]) == ("new", "is_new")
    assert (second["segment_id"], second["rule_id"]) == ("no_demand", "without_demand")
    assert first["flip_column"] is None


def test_a_null_condition_has_not_fired(connection: duckdb.DuckDBPyConnection) -> None:
    row = one(connection, XYZ, NEW, months_of_history=None)
    assert (row["segment_id"], row["rule_id"]) == ("X", "thresholds.X")


def test_a_first_rule_needs_no_input_of_the_method(connection: duckdb.DuckDBPyConnection) -> None:
    row = one(connection, XYZ, STOPPED, demand_weeks_count=0, cv_ratio=None)
    assert (row["segment_id"], row["fallback_code"]) == ("no_demand", None)


def test_a_missing_input_is_told(connection: duckdb.DuckDBPyConnection) -> None:
    row = one(connection, PATTERN, cv2_ratio=None)
    assert (row["segment_id"], row["rule_id"]) == ("unclear", "fallback")
    assert (row["fallback_code"], row["flip_column"]) == ("MISSING_INPUT", None)


def test_a_flip_that_makes_a_first_rule_fire_names_its_segment(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    steady = Rule(rule_id="steady", segment_id="pull", when="cv_ratio between 0.3 and 0.5")
    row = one(connection, XYZ, steady, cv_ratio=0.7)
    assert (row["flip_value"], row["flip_segment_id"]) == (0.5, "pull")


def test_a_flip_into_the_same_segment_is_none(connection: duckdb.DuckDBPyConnection) -> None:
    same = Rule(rule_id="same", segment_id="Y", when="cv_ratio between 0.3 and 0.5")
    row = one(connection, XYZ, same, cv_ratio=0.7)
    assert (row["segment_id"], row["flip_value"], row["flip_segment_id"]) == ("Y", None, None)


def test_inputs_are_json_of_what_was_read(connection: duckdb.DuckDBPyConnection) -> None:
    reading = Rule(
        rule_id="reading",
        segment_id="other",
        when="is_active is null and product_line = 'x' and launch_date > '2024-01-01' "
        "and value_amount > 1 and demand_weeks_count > 1 and months_of_history > 1",
    )
    row = one(
        connection, XYZ, reading, product_line='a "b"\\c\n', months_of_history=None, cv_ratio=0.25
    )
    assert json.loads(str(row["inputs"])) == {
        "is_active": True,
        "product_line": 'a "b"\\c ',
        "launch_date": "2020-01-31",
        "value_amount": 10.0,
        "demand_weeks_count": 50,
        "months_of_history": None,
        "cv_ratio": 0.25,
    }


@pytest.mark.parametrize("method", [XYZ, PATTERN, CELLS, abc()])
@given(
    items=st.lists(
        st.fixed_dictionaries(
            {
                "value_amount": st.none() | st.decimals(-5, 100, places=2),
                "cv_ratio": st.none() | RATIOS,
                "adi_ratio": st.none() | RATIOS,
                "cv2_ratio": st.none() | RATIOS,
                "abc": st.sampled_from(["A", "B", "new", None]),
                "months_of_history": st.none() | st.floats(0, 12),
                "demand_weeks_count": st.none() | st.integers(0, 2),
            }
        ),
        max_size=8,
    )
)
@settings(max_examples=8)
def test_every_unit_has_exactly_one_segment(
    connection: duckdb.DuckDBPyConnection, method: Method, items: list[dict[str, Any]]
) -> None:
    rows = classify(connection, method, items, NEW, STOPPED)
    assert [row["item_id"] for row in rows] == list(range(len(items)))
    assert None not in segments(rows)


def test_the_result_has_the_columns_of_an_assignment(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    row = one(connection, XYZ)
    assert tuple(row) == ("item_id", *RESULT_COLUMNS)
    assert row["value_at_stake_amount"] == Decimal("10.0000")


@pytest.mark.parametrize("method", [XYZ, PATTERN, CELLS, abc(), abc("product_line")])
def test_the_statement_uses_only_portable_constructs(method: Method) -> None:
    statement = compile_scheme(scheme(method, NEW), "features.units", COLUMNS)
    assert isinstance(sqlglot.parse_one(statement, read="spark"), sqlglot.exp.Select)
    tree = sqlglot.parse_one(statement, read="duckdb")
    unordered = [w for w in tree.find_all(sqlglot.exp.Ordered) if w.args.get("nulls_first") is None]
    assert unordered == []
    for word in ("qualify", "::", "[", "//", "varchar", " struct", "filter"):
        assert word not in statement
    assert statement.rstrip().endswith("select * from final")
    assert all(line == line.rstrip() for line in statement.splitlines())


def test_a_hostile_condition_stops_the_compilation() -> None:
    rule = Rule(rule_id="r", segment_id="s", when="item_id in (select 1)")
    with pytest.raises(RuleError, match="RULE_UNSAFE"):
        compile_scheme(scheme(XYZ, rule), "items", COLUMNS)


@pytest.mark.parametrize(
    ("method", "relation", "fault"),
    [
        (Thresholds(column="cv_rate", cuts=cuts(X="1"), last_segment_id="Y"), "items", "cv_ratio"),
        (Thresholds(column="product_line", cuts=cuts(X="1"), last_segment_id="Y"), "items", "text"),
        (XYZ, "items; drop table x", "cannot stand in SQL"),
        (XYZ, "read_csv('x')", "cannot stand in SQL"),
        (
            Thresholds(
                column="demand_weeks_count", cuts=cuts(X="1.2", Y="1.4"), last_segment_id="Z"
            ),
            "items",
            "nearer than its type",
        ),
    ],
)
def test_a_scheme_that_does_not_fit_is_refused(method: Method, relation: str, fault: str) -> None:
    columns = {**COLUMNS, "product_line": "string"}
    with pytest.raises(SchemeError, match=fault if fault != "text" else "number"):
        compile_scheme(scheme(method), relation, columns)

"""Schemes that judge each unit by itself, and what all compiled schemes share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.compile import RESULT_COLUMNS, compile_scheme
from models.segmentation.conditions import RuleError
from models.segmentation.scheme import (
    PATTERNS,
    DemandPattern,
    Matrix,
    Method,
    Rule,
    SchemeError,
    Thresholds,
)
from tests.models.segmentation.scheme_runs import (
    NEW,
    STOPPED,
    abc,
    cuts,
    run,
    scheme,
    segments,
)

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


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


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


@pytest.mark.parametrize(
    ("cv", "segment"),
    [(0.0, "X"), (0.5, "X"), (0.500000000001, "Y"), (1.0, "Y"), (1.01, "Z"), (None, "unclear")],
)
def test_a_value_at_a_threshold_stays_in_the_lower_class(
    connection: duckdb.DuckDBPyConnection, cv: float | None, segment: str
) -> None:
    assert one(connection, XYZ, cv_ratio=cv)["segment_id"] == segment


@pytest.mark.parametrize(
    ("adi", "cv2", "segment"),
    [
        (1.0, 0.0, "smooth"),
        (1.319999999999, 0.489999999999, "smooth"),
        (1.32, 0.48, "intermittent"),
        (1.0, 0.49, "erratic"),
        (1.32, 0.49, "lumpy"),
        (1.32, None, "unclear"),
        (None, 0.2, "unclear"),
    ],
)
def test_a_ratio_at_the_cut_of_a_pattern_is_on_the_upper_side(
    connection: duckdb.DuckDBPyConnection, adi: float | None, cv2: float | None, segment: str
) -> None:
    assert one(connection, PATTERN, adi_ratio=adi, cv2_ratio=cv2)["segment_id"] == segment


@given(
    st.lists(st.tuples(RATIOS, RATIOS, RATIOS), min_size=1, max_size=20),
    st.sampled_from([XYZ, PATTERN]),
)
@settings(max_examples=30)
def test_the_flip_of_a_unit_when_applied_gives_the_segment_it_names(
    connection: duckdb.DuckDBPyConnection, ratios: list[tuple[float, ...]], method: Method
) -> None:
    items = [{"adi_ratio": a, "cv2_ratio": b, "cv_ratio": c} for a, b, c in ratios]
    before = classify(connection, method, items)
    changed = [
        {**item, str(row["flip_column"]): row["flip_value"]}
        for item, row in zip(items, before, strict=True)
    ]
    after = segments(classify(connection, method, changed))
    assert after == [row["flip_segment_id"] for row in before]
    assert all(row["segment_id"] != row["flip_segment_id"] for row in before)


@given(st.lists(RATIOS, min_size=1, max_size=20), st.floats(0, 0.999999))
@settings(max_examples=20)
def test_no_value_nearer_than_the_flip_moves_a_unit(
    connection: duckdb.DuckDBPyConnection, ratios: list[float], part: float
) -> None:
    before = classify(connection, XYZ, [{"cv_ratio": ratio} for ratio in ratios])
    distances = [part * abs(row["flip_value"] - x) for row, x in zip(before, ratios, strict=True)]
    for sign in (1, -1):
        nearer = [
            {"cv_ratio": round(x + sign * d, 12)} for x, d in zip(ratios, distances, strict=True)
        ]
        moved = segments(classify(connection, XYZ, nearer))
        for row, segment, x, item in zip(before, moved, ratios, nearer, strict=True):
            if abs(item["cv_ratio"] - x) < abs(row["flip_value"] - x):
                assert segment == row["segment_id"]


@pytest.mark.parametrize(
    ("data_type", "value", "flip"),
    [
        ("bigint", 0, 1.0),
        ("decimal(18,4)", "0.4", 0.5001),
        ("decimal(18,2)", "0.4", 0.51),
        ("double", 0.4, 0.500000000001),
    ],
)
def test_a_flip_is_the_next_value_that_the_column_can_hold(
    connection: duckdb.DuckDBPyConnection, data_type: str, value: object, flip: float
) -> None:
    columns = {"item_id": "bigint", "value_amount": "decimal(18,4)", "cv_ratio": data_type}
    (row,) = run(connection, scheme(XYZ), columns, [(1, 10, value)])
    assert (row["segment_id"], row["flip_value"]) == ("X", flip)


def test_the_nearest_cut_of_a_pattern_is_measured_as_a_share_of_the_cut(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    near_adi = one(connection, PATTERN, adi_ratio=1.2, cv2_ratio=0.3)
    near_cv2 = one(connection, PATTERN, adi_ratio=1.0, cv2_ratio=0.45)
    assert (near_adi["flip_column"], near_adi["flip_value"]) == ("adi_ratio", 1.32)
    assert (near_cv2["flip_column"], near_cv2["flip_value"]) == ("cv2_ratio", 0.49)
    assert near_adi["flip_segment_id"] == "intermittent"
    assert near_cv2["flip_segment_id"] == "erratic"


def test_a_matrix_joins_the_row_and_the_column(connection: duckdb.DuckDBPyConnection) -> None:
    items: list[dict[str, object]] = [
        {"abc": "A", "xyz": "Z"},
        {"abc": "new", "xyz": "new"},
        {"abc": "B", "xyz": "no_demand"},
        {"abc": "new", "xyz": "no_demand"},
        {"abc": None, "xyz": "X"},
    ]
    rows = classify(connection, CELLS, items)
    assert segments(rows) == ["AZ", "new", "no_demand", "new", "unclear"]
    assert {row["flip_value"] for row in rows} == {None}


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


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_can_be_reached(connection: duckdb.DuckDBPyConnection, pattern: str) -> None:
    items = [{"adi_ratio": a, "cv2_ratio": b} for a in (1.0, 2.0) for b in (0.1, 0.9)]
    assert pattern in segments(classify(connection, PATTERN, items))


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

"""Schemes that judge each unit by itself: their classes and their flips, run in DuckDB."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.methods.demand_pattern import PATTERNS
from models.segmentation.methods.method import Method
from tests.models.segmentation.scheme_runs import (
    CELLS,
    PATTERN,
    RATIOS,
    XYZ,
    classify,
    one,
    run,
    scheme,
    segments,
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


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


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_pattern_can_be_reached(connection: duckdb.DuckDBPyConnection, pattern: str) -> None:
    items = [{"adi_ratio": a, "cv2_ratio": b} for a in (1.0, 2.0) for b in (0.1, 0.9)]
    assert pattern in segments(classify(connection, PATTERN, items))

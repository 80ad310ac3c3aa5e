"""Pareto classes and their flips, run in DuckDB."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.methods.ranking_kinds import ParetoShare
from tests.models.segmentation.scheme_runs import NEW, abc, run, scheme, segments

COLUMNS = {"item_id": "bigint", "value_amount": "decimal(18,4)"}
AMOUNTS = st.lists(
    st.decimals("-2", "3", places=0)
    | st.decimals("0", "100", places=1)
    | st.decimals("0", "100000", places=4),
    min_size=1,
    max_size=8,
)
METHODS = st.sampled_from(
    [
        abc(),
        abc(A="0.70", B="0.95", C="1"),
        abc(A="0.5", B="1"),
        abc(A="0.333333", B="0.6", C="0.9", D="1"),
    ]
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def classify(
    connection: duckdb.DuckDBPyConnection, amounts: Sequence[object], method: ParetoShare
) -> list[dict[str, Any]]:
    return run(connection, scheme(method), COLUMNS, list(enumerate(amounts)))


def by_hand(amounts: Sequence[Decimal], method: ParetoShare) -> list[str]:
    """The definition of a class, word for word."""
    positive = [amount for amount in amounts if amount > 0]
    *upper, last = method.cuts
    classes = []
    for amount in amounts:
        larger = sum(other for other in positive if other > amount)
        above = [cut for cut in upper if amount > 0 and larger < cut.up_to * sum(positive)]
        classes.append(above[0].segment_id if above else last.segment_id)
    return classes


@given(AMOUNTS, METHODS)
@settings(max_examples=40)
def test_classes_follow_the_definition(
    connection: duckdb.DuckDBPyConnection, amounts: list[Decimal], method: ParetoShare
) -> None:
    assert segments(classify(connection, amounts, method)) == by_hand(amounts, method)


def test_an_item_of_85_percent_that_crosses_the_cut_at_80_is_an_a(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert segments(classify(connection, [85, 10, 5], abc())) == ["A", "B", "C"]


def test_a_share_that_ends_exactly_at_a_cut_closes_the_class(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert segments(classify(connection, [50, 30, 15, 5], abc())) == ["A", "A", "B", "C"]


def test_decimals_decide_where_floats_would_round(connection: duckdb.DuckDBPyConnection) -> None:
    """0.1 + 0.7 is not 0.8 in floats, and the third item would be an A."""
    amounts = ["0.7", "0.1", "0.09", "0.06", "0.05"]
    assert segments(classify(connection, amounts, abc())) == ["A", "A", "B", "B", "C"]


@given(AMOUNTS, METHODS)
@settings(max_examples=20)
def test_ties_never_split(
    connection: duckdb.DuckDBPyConnection, amounts: list[Decimal], method: ParetoShare
) -> None:
    rows = classify(connection, amounts + amounts, method)
    assert segments(rows[: len(amounts)]) == segments(rows[len(amounts) :])


@given(AMOUNTS, METHODS, st.integers(1, 4))
@settings(max_examples=20)
def test_items_without_value_change_no_other_class(
    connection: duckdb.DuckDBPyConnection, amounts: list[Decimal], method: ParetoShare, zeros: int
) -> None:
    before = segments(classify(connection, amounts, method))
    rows = classify(connection, [*amounts, *[0] * zeros, -5], method)
    assert segments(rows[: len(amounts)]) == before
    assert set(segments(rows[len(amounts) :])) == {method.cuts[-1].segment_id}


@given(AMOUNTS, st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_items_changes_nothing(
    connection: duckdb.DuckDBPyConnection, amounts: list[Decimal], random: Random
) -> None:
    rows = list(enumerate(amounts))
    first = run(connection, scheme(abc()), COLUMNS, rows)
    random.shuffle(rows)
    assert run(connection, scheme(abc()), COLUMNS, rows) == first


def test_groups_are_ranked_by_themselves(connection: duckdb.DuckDBPyConnection) -> None:
    columns = {"site_id": "string", **COLUMNS}
    rows = [("north", 1, 90), ("north", 2, 10), ("south", 3, 9), ("south", 4, 1)]
    result = run(connection, scheme(abc("site_id")), columns, rows)
    assert segments(result) == ["A", "B", "A", "B"]


def test_items_that_a_first_rule_caught_hold_no_share(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    columns = {**COLUMNS, "months_of_history": "double"}
    rows = [(1, 900, 1.0), (2, 85, 9.0), (3, 10, None), (4, 5, 6.0)]
    result = run(connection, scheme(abc(), NEW), columns, rows)
    assert segments(result) == ["new", "A", "B", "C"]


def test_an_item_without_measure_falls_back_and_holds_no_share(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = classify(connection, [None, 85, 10, 5], abc())
    assert segments(rows) == ["unclear", "A", "B", "C"]
    assert rows[0]["fallback_code"] == "MISSING_INPUT"
    assert rows[0]["rule_id"] == "fallback"
    assert rows[0]["flip_value"] is None


def test_inputs_tell_the_cut_values_and_the_day_of_their_review(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = classify(connection, [50, 20, 20, 10], abc())
    assert json.loads(str(rows[2]["inputs"])) == {
        "value_amount": 20.0,
        "A_from": 20.0,
        "B_from": 10.0,
        "reviewed_date": "2026-04-01",
    }
    assert rows[2]["rule_id"] == "pareto_share.A"


@pytest.mark.parametrize(
    ("data_type", "amounts"),
    [
        ("bigint", [85, 10, 5]),
        ("double", [85.5, 9.5, 5.0]),
        ("decimal(18,8)", ["0.85", "0.1", "0.05"]),
    ],
)
def test_a_measure_of_any_numeric_type_is_ranked(
    connection: duckdb.DuckDBPyConnection, data_type: str, amounts: list[object]
) -> None:
    columns = {**COLUMNS, "value_amount": data_type}
    rows = run(connection, scheme(abc()), columns, list(enumerate(amounts)))
    assert segments(rows) == ["A", "B", "C"]


def test_no_items_give_no_rows(connection: duckdb.DuckDBPyConnection) -> None:
    assert classify(connection, [], abc()) == []

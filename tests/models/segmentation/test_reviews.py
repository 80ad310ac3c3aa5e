"""Between reviews a unit is held against cut values; flips and bands are of these."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.methods.ranking import Ranking
from models.segmentation.methods.ranking_kinds import (
    ItemCount,
    ItemShare,
    ParetoValue,
    Quantiles,
)
from models.segmentation.scheme import Rule
from tests.models.segmentation.scheme_runs import (
    abc,
    cuts,
    lay_out,
    result,
    run,
    scheme,
    segments,
)

COLUMNS = {"item_id": "bigint", "value_amount": "decimal(18,4)"}
STEP = Decimal("0.0001")
AMOUNT = (
    st.decimals("-2", "3", places=0)
    | st.decimals("0", "100", places=1)
    | st.decimals("0", "100000", places=4)
)
AMOUNTS = st.lists(AMOUNT, min_size=1, max_size=8)
TERCILES = Quantiles(measure="value_amount", cuts=cuts(low="0.333333", mid="0.666666", high="1"))
METHODS = st.sampled_from(
    [
        abc(),
        abc(A="0.333333", B="0.6", C="0.9", D="1"),
        ItemShare(measure="value_amount", cuts=cuts(A="0.2", B="0.5", C="1")),
        ItemCount(measure="value_amount", cuts=cuts(top="1", next="3"), last_segment_id="rest"),
        ParetoValue(measure="value_amount", cuts=cuts(A="50", B="90"), last_segment_id="C"),
        TERCILES,
    ]
)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def later(
    connection: duckdb.DuckDBPyConnection, method: Ranking, amounts: Sequence[object], *rules: Rule
) -> Rows:
    """Classify other amounts against the cut values of the last review."""
    lay_out(connection, COLUMNS, list(enumerate(amounts)))
    return result(connection, scheme(method, *rules), COLUMNS)


def reviewed(
    connection: duckdb.DuckDBPyConnection, method: Ranking, amounts: Sequence[object]
) -> Rows:
    return run(connection, scheme(method), COLUMNS, list(enumerate(amounts)))


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (ItemShare(measure="value_amount", cuts=cuts(A="0.2", B="0.5", C="1")), "ABBCC"),
        (ItemShare(measure="value_amount", cuts=cuts(A="0.25", B="0.5", C="1")), "AABCC"),
        (ItemCount(measure="value_amount", cuts=cuts(A="2"), last_segment_id="B"), "AABBB"),
        (ParetoValue(measure="value_amount", cuts=cuts(A="85"), last_segment_id="B"), "AABBB"),
        (ParetoValue(measure="value_amount", cuts=cuts(A="80"), last_segment_id="B"), "ABBBB"),
    ],
)
def test_units_are_counted_or_added_up_to_the_cut(
    connection: duckdb.DuckDBPyConnection, method: Ranking, expected: str
) -> None:
    assert "".join(map(str, segments(reviewed(connection, method, [80, 10, 5, 3, 2])))) == expected


def test_quantiles_take_the_smallest_first_and_any_sign(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = reviewed(connection, TERCILES, [-5, 0, 1, 1, 2, 9])
    assert segments(rows) == ["low", "low", "mid", "mid", "high", "high"]


def test_equal_units_share_a_class_whatever_is_counted(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    method = ItemCount(measure="value_amount", cuts=cuts(top="2"), last_segment_id="rest")
    assert segments(reviewed(connection, method, [9, 5, 5, 5, 1])) == ["top"] * 4 + ["rest"]


@given(AMOUNTS, AMOUNTS, METHODS)
@settings(max_examples=40)
def test_what_others_become_moves_nobody_between_reviews(
    connection: duckdb.DuckDBPyConnection,
    amounts: list[Decimal],
    others: list[Decimal],
    method: Ranking,
) -> None:
    before = segments(reviewed(connection, method, amounts))
    rows = later(connection, method, [*amounts, *others])
    assert segments(rows)[: len(amounts)] == before


@given(AMOUNTS, AMOUNTS, METHODS)
@settings(max_examples=40)
def test_a_flip_moves_the_unit_and_the_value_before_it_does_not(
    connection: duckdb.DuckDBPyConnection,
    amounts: list[Decimal],
    values: list[Decimal],
    method: Ranking,
) -> None:
    reviewed(connection, method, amounts)
    rows = [r for r in later(connection, method, values) if r["flip_value"] is not None]
    flips = [Decimal(row["flip_value"]).quantize(STEP) for row in rows]
    assert segments(later(connection, method, flips)) == [row["flip_segment_id"] for row in rows]
    assert all(row["flip_segment_id"] != row["segment_id"] for row in rows)
    was = [values[row["item_id"]] for row in rows]
    nearer = [
        flip + (STEP if flip < value else -STEP) for flip, value in zip(flips, was, strict=True)
    ]
    assert segments(later(connection, method, nearer)) == segments(rows)
    mirrored = [2 * value - near for value, near in zip(was, nearer, strict=True)]
    assert segments(later(connection, method, mirrored)) == segments(rows)


def test_a_flip_may_make_a_first_rule_fire(connection: duckdb.DuckDBPyConnection) -> None:
    small = Rule(rule_id="small", segment_id="out_of_scope", when="value_amount < 50")
    rows = run(connection, scheme(abc(), small), COLUMNS, [(1, 100), (2, 60), (3, 10)])
    assert segments(rows) == ["A", "A", "out_of_scope"]
    lowest = scheme(abc(A="0.5", B="1"), small)
    rows = run(connection, lowest, COLUMNS, [(1, 100), (2, 50), (3, 10)])
    assert (rows[0]["flip_value"], rows[0]["flip_segment_id"]) == (99.9999, "B")
    assert (rows[1]["flip_value"], rows[1]["flip_segment_id"]) == (100.0, "A")


def test_a_group_without_anything_above_zero_waits_for_its_review(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    columns = {"site_id": "string", **COLUMNS}
    tested = scheme(abc("site_id"))
    rows = run(connection, tested, columns, [("new", 1, 0), ("old", 2, 90), ("old", 3, 10)])
    assert segments(rows) == ["C", "A", "B"]
    assert (rows[0]["flip_value"], rows[0]["flip_segment_id"]) == (None, None)
    found = connection.execute("select group_key from cut_values").fetchall()
    assert found == [("old",)]


@given(AMOUNTS, AMOUNTS, METHODS, st.sampled_from(["0", "0.05", "0.5"]), st.randoms())
@settings(max_examples=40)
def test_bands_keep_a_unit_until_its_value_is_well_beyond_the_cut(
    connection: duckdb.DuckDBPyConnection,
    amounts: list[Decimal],
    values: list[Decimal],
    method: Ranking,
    band: str,
    random: Any,
) -> None:
    reviewed(connection, method, amounts)
    stood = [random.choice([*method.segments, "new", None]) for _ in values]
    tested = scheme(method, band=Decimal(band))
    columns = {**COLUMNS, "_stood": "string"}
    lay_out(
        connection, columns, [(n, v, s) for n, (v, s) in enumerate(zip(values, stood, strict=True))]
    )
    found = result(connection, tested, columns)
    kept = connection.execute("select * exclude (group_key, reviewed_date) from cut_values")
    cut_values = kept.fetchone() or [None] * (len(method.segments) - 1)
    for row in found:
        expected = by_hand(
            values[row["item_id"]], cut_values, method, Decimal(band), stood[row["item_id"]]
        )
        assert row["banded_segment_id"] == expected
        assert row["segment_id"] == by_hand(values[row["item_id"]], cut_values, method)


def by_hand(
    value: Decimal,
    cut_values: Sequence[Decimal | None],
    method: Ranking,
    band: Decimal = Decimal(0),
    stood: str | None = None,
) -> str:
    """The definition of a band: moved by it, each cut is passed as far as it must be at least."""

    def number(sign: int) -> int:
        moved = [None if cut is None else cut + sign * band * abs(cut) for cut in cut_values]
        passed = [
            cut is not None and (value >= cut if method.is_falling else value <= cut)
            for cut in moved
        ]
        return passed.index(True) if True in passed else len(passed)

    ends = sorted((number(-1), number(1)))
    names = method.segments
    if stood not in names:
        return names[number(0)]
    return names[min(max(names.index(stood), ends[0]), ends[1])]

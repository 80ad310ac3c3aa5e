"""Scores: what they add up to, their classes, and their flips, run in DuckDB."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.errors import SchemeError
from models.segmentation.methods.weighted_score import Part, WeightedScore
from models.segmentation.score_weights import compile_weights
from tests.models.segmentation.scheme_runs import cuts, lay_out, run, scheme

COLUMNS = {
    "item_id": "bigint",
    "value_amount": "decimal(18,4)",
    "tolerance_days": "bigint",
    "velocity_ratio": "double",
}


def part(column: str, weight: str, low: str = "0", high: str = "1") -> Part:
    return Part(column=column, weight=Decimal(weight), low=Decimal(low), high=Decimal(high))


# The less days a customer tolerates, the more it counts.
SCORE = WeightedScore(
    parts=(
        part("value_amount", "0.6", "0", "1000"),
        part("tolerance_days", "0.3", "30", "0"),
        part("velocity_ratio", "0.1", "-1", "1"),
    ),
    cuts=cuts(A="0.8", B="0.5", C="0.2"),
    last_segment_id="D",
)
VALUES = st.tuples(
    st.decimals("-500", "1500", places=4),
    st.integers(-5, 40),
    st.floats(-2, 2).map(lambda x: round(x, 12)),
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def classify(
    connection: duckdb.DuckDBPyConnection,
    rows: Sequence[Sequence[object]],
    method: WeightedScore = SCORE,
) -> list[dict[str, Any]]:
    return run(connection, scheme(method), COLUMNS, [(n, *row) for n, row in enumerate(rows)])


def by_hand(value: Decimal, days: int, velocity: float) -> float:
    def scaled(x: float, low: float, high: float) -> float:
        return min(max((x - low) / (high - low), 0), 1)

    return (
        0.6 * scaled(float(value), 0, 1000)
        + 0.3 * scaled(days, 30, 0)
        + 0.1 * scaled(velocity, -1, 1)
    )


def score_of(row: dict[str, Any]) -> float:
    score: float = json.loads(row["inputs"])["score"]
    return score


def test_the_score_of_sixty_thirty_ten_is_the_one_by_hand(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """0.6 of 800 in 1,000, 0.3 of 15 days in 30, 0.1 of 0.5 between -1 and 1."""
    (row,) = classify(connection, [(800, 15, 0.5)])
    assert json.loads(row["contributions"]) == {
        "value_amount": 0.48,
        "tolerance_days": 0.15,
        "velocity_ratio": 0.075,
    }
    assert score_of(row) == 0.705
    assert (row["segment_id"], row["rule_id"]) == ("B", "weighted_score.B")


@given(st.lists(VALUES, min_size=1, max_size=10))
@settings(max_examples=30)
def test_contributions_add_up_to_the_score_and_the_score_decides(
    connection: duckdb.DuckDBPyConnection, values: list[tuple[Decimal, int, float]]
) -> None:
    for row, value in zip(classify(connection, values), values, strict=True):
        score = score_of(row)
        assert sum(json.loads(row["contributions"]).values()) == pytest.approx(score, abs=1e-12)
        assert score == pytest.approx(by_hand(*value), abs=2e-9)
        reached = [cut.segment_id for cut in SCORE.cuts if score >= float(cut.up_to)]
        assert row["segment_id"] == (reached or ["D"])[0]


@given(st.lists(VALUES, min_size=1, max_size=10))
@settings(max_examples=40)
def test_a_flip_applied_moves_the_unit_and_half_of_it_does_not(
    connection: duckdb.DuckDBPyConnection, values: list[tuple[Decimal, int, float]]
) -> None:
    rows = classify(connection, values)
    names = [name for name in COLUMNS if name != "item_id"]
    flipped, halved = [], []
    for row, value in zip(rows, values, strict=True):
        given_ = dict(zip(names, value, strict=True))
        at, now = row["flip_value"], float(str(given_[row["flip_column"]]))
        flipped.append(tuple({**given_, row["flip_column"]: at}.values()))
        # Half way is on the same side, but for days, which are whole.
        half = now if row["flip_column"] == "tolerance_days" else (now + at) / 2
        halved.append(tuple({**given_, row["flip_column"]: half}.values()))
    assert [row["segment_id"] for row in classify(connection, flipped)] == [
        row["flip_segment_id"] for row in rows
    ]
    assert all(row["flip_segment_id"] != row["segment_id"] for row in rows)
    kept = classify(connection, halved)
    assert [row["segment_id"] for row in kept] == [row["segment_id"] for row in rows]


def weights(
    connection: duckdb.DuckDBPyConnection, values: Sequence[Sequence[object]]
) -> list[dict[str, Any]]:
    """Return what each unit's class and rank hang on, by unit and part."""
    lay_out(connection, COLUMNS, [(n, *row) for n, row in enumerate(values)])
    statement = compile_weights(scheme(SCORE), "items", COLUMNS)
    found = connection.sql(f"select * from ({statement}) order by item_id, column_name")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def reweighted(column: str, weight: float) -> WeightedScore:
    """Return the score with another weight for one part; the others keep their proportion."""
    (moved,) = (each for each in SCORE.parts if each.column == column)
    at = Decimal(str(round(weight, 12)))
    rest = [
        replace(each, weight=round(each.weight * (1 - at) / (1 - moved.weight), 14))
        for each in SCORE.parts
        if each is not moved
    ]
    rest[-1] = replace(rest[-1], weight=1 - at - sum(each.weight for each in rest[:-1]))
    return replace(SCORE, parts=(replace(moved, weight=at), *rest))


@given(st.lists(VALUES, min_size=2, max_size=3))
@settings(max_examples=12)
def test_a_weight_moved_as_far_as_is_said_changes_the_class(
    connection: duckdb.DuckDBPyConnection, values: list[tuple[Decimal, int, float]]
) -> None:
    for row in weights(connection, values):
        at = row["switch_weight_rate"]
        if at is None or not 1e-6 < at < 1 - 1e-6:  # a weight of nothing is no part of a score
            continue
        tested = reweighted(row["column_name"], at)
        moved = classify(connection, [values[row["item_id"]]], tested)
        assert moved[0]["segment_id"] == row["switch_segment_id"] != row["segment_id"]
        # A hundredth of the way less is not enough, unless that is less than rounding.
        short = at + (row["weight_rate"] - at) / 100
        if abs(short - at) > 1e-4:
            kept = classify(
                connection, [values[row["item_id"]]], reweighted(row["column_name"], short)
            )
            assert kept[0]["segment_id"] == row["segment_id"]


def test_two_units_draw_level_at_the_weight_that_is_said(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """800 and 15 days score 0.63 and 0.6 w + ... ; the second has less value and less patience."""
    values = [(800, 15, 0.0), (500, 0, 0.0)]
    second = [row for row in weights(connection, values) if row["item_id"] == 1]
    assert {row["score_rank"] for row in second} == {2}
    (row,) = (row for row in second if row["column_name"] == "value_amount")
    tested = reweighted("value_amount", row["even_weight_rate"])
    first, other = (score_of(each) for each in classify(connection, values, tested))
    assert first == pytest.approx(other, abs=1e-8)


@pytest.mark.requirement("S3.M4.B2")
def test_weights_add_up_the_score_is_the_one_by_hand_and_a_weight_that_switches_does(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(SchemeError, match="add up to 1"):
        replace(SCORE, parts=(part("value_amount", "0.6"), part("velocity_ratio", "0.3")))
    value = (900, 6, 0.5)  # scaled 0.9, 0.8 and 0.75
    (row,) = classify(connection, [value])
    assert score_of(row) == pytest.approx(0.6 * 0.9 + 0.3 * 0.8 + 0.1 * 0.75, abs=1e-12)
    assert row["segment_id"] == "A"
    switching = {
        each["column_name"]: each["switch_weight_rate"]
        for each in weights(connection, [value])
        if each["switch_segment_id"] == "B"
    }
    # By hand: without the amount the others score 0.7875, and 0.9 w + 0.7875 (1 - w) = 0.8; without
    # the velocity they score 13/15, and 0.75 w + 13/15 (1 - w) = 0.8.
    assert switching == {
        "value_amount": pytest.approx(1 / 9, abs=1e-6),
        "velocity_ratio": pytest.approx(4 / 7, abs=1e-6),
    }
    for column, weight in switching.items():
        (moved,) = classify(connection, [value], reweighted(column, weight))
        assert moved["segment_id"] == "B"


def test_a_unit_that_lacks_a_part_falls_back(connection: duckdb.DuckDBPyConnection) -> None:
    (row,) = classify(connection, [(800, None, 0.5)])
    assert (row["segment_id"], row["fallback_code"]) == ("unclear", "MISSING_INPUT")
    assert row["contributions"] is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda: WeightedScore(
            parts=(part("a", "0.6"), part("b", "0.3")), cuts=cuts(A="0.5"), last_segment_id="B"
        ),
        lambda: WeightedScore(parts=(part("a", "1"),), cuts=cuts(A="0.5"), last_segment_id="B"),
        lambda: WeightedScore(
            parts=(part("a", "0.5"), part("a", "0.5")), cuts=cuts(A="0.5"), last_segment_id="B"
        ),
        lambda: WeightedScore(
            parts=(part("a", "0.5"), part("b", "0.5", "1", "1")),
            cuts=cuts(A="0.5"),
            last_segment_id="B",
        ),
        lambda: WeightedScore(
            parts=(part("a", "0.5"), part("b", "0.5")),
            cuts=cuts(A="0.5", B="0.8"),
            last_segment_id="C",
        ),
    ],
)
def test_a_score_that_does_not_add_up_is_refused(broken: Callable[[], object]) -> None:
    with pytest.raises(SchemeError):
        broken()

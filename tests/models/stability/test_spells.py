"""Rates of moving, transitions, ping-pong and dwell, read off spells."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.stability.churn import (
    CAUSES,
    NOBODY,
    churn_rates,
    median_dwell,
    moves,
    transitions,
    with_rates,
)

START = date(2025, 1, 1)
COLUMNS = {
    "scheme_id": pl.String,
    "unit_id": pl.String,
    "segment_id": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "began_by": pl.String,
}


def day(number: int) -> date:
    return START + timedelta(days=number)


def spells(**units: list[tuple[int, str] | tuple[int, str, str]]) -> pl.DataFrame:
    """Units as lists of day, segment, and what began the spell; `None` as a segment ends it."""
    rows = []
    for unit, found in units.items():
        for number, (begins, segment, *cause) in enumerate(found):
            ends = day(found[number + 1][0]) if number + 1 < len(found) else None
            began = cause[0] if cause else ("features" if number else "first")
            if segment:
                rows.append(("abc", unit, segment, day(begins), ends, began))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def rates(found: pl.DataFrame, *, last: int, window_days: int = 90) -> dict[str, object]:
    table = churn_rates(found, first=day(0), last=day(last), window_days=window_days)
    return table.row(0, named=True)


def test_a_move_is_a_spell_that_begins_where_another_ends() -> None:
    found = moves(spells(u=[(0, "A"), (10, "B"), (20, ""), (30, "A")], v=[(5, "C")]))
    assert found.select("unit_id", "from_segment_id", "to_segment_id", "away_days").rows() == [
        ("u", "A", "B", None)
    ]


def test_the_rate_is_moves_for_a_hundred_units_and_quarter() -> None:
    found = spells(u=[(0, "A"), (100, "B")], v=[(0, "A")], w=[(0, "B")], x=[(0, "C")])
    of_a_year = rates(found, last=365)
    assert of_a_year["moves_per_100_ratio"] == pytest.approx(100 / (4 * 365 / 91.3125))
    assert of_a_year["unit_count"] == 4
    assert of_a_year["observed_days"] == 4 * 365


@pytest.mark.requirement("S3.M8.B3")
def test_churn_adds_up_by_cause_returns_are_ping_pong_and_transitions_add_up_to_one() -> None:
    found = spells(
        back=[(0, "A"), (10, "B"), (50, "A")],
        late=[(0, "A"), (10, "B"), (150, "A")],
        ruled=[(0, "A"), (20, "B", "rules"), (30, "C", "override")],
        merged=[(0, "A"), (40, "C", "merge")],
        still=[(0, "A")],
    )
    of_time = rates(found, last=200)
    assert of_time["move_count"] == 7
    assert [of_time[f"{cause}_move_count"] for cause in ("data", "rules", "override", "event")] == [
        4,
        1,
        1,
        1,
    ]
    assert of_time["ping_pong_count"] == 1
    assert of_time["ping_pong_rate"] == pytest.approx(1 / 7)
    interval = stats.binomtest(1, 7).proportion_ci(0.95, method="wilson")
    assert of_time["ping_pong_low_rate"] == pytest.approx(interval.low, abs=1e-9)
    assert of_time["ping_pong_high_rate"] == pytest.approx(interval.high, abs=1e-9)
    matrix = transitions(found, [day(0), day(100), day(200)])
    for total in matrix.group_by("from_segment_id").agg(pl.col("move_rate").sum())["move_rate"]:
        assert total == pytest.approx(1)


def test_without_moves_there_is_no_share_of_them() -> None:
    of_time = rates(spells(u=[(0, "A")]), last=91)
    assert of_time["move_count"] == 0
    assert of_time["ping_pong_rate"] is None
    assert of_time["median_dwell_days"] is None


def test_units_that_were_not_there_before_have_no_rate() -> None:
    matrix = transitions(spells(u=[(0, "A")], v=[(50, "B")]), [day(0), day(91)])
    assert matrix.select("from_segment_id", "to_segment_id", "unit_count", "move_rate").rows() == [
        (NOBODY, "B", 1, None),
        ("A", "A", 1, 1.0),
    ]


def test_median_dwell_counts_what_goes_on_as_longer_than_it_is() -> None:
    """Three spells end after 10, 20 and 30 days, three go on after 40: half are over at 30."""
    found = spells(
        u=[(0, "A"), (10, "B")],
        v=[(0, "A"), (20, "B")],
        w=[(0, "A"), (30, "B")],
    ).filter(pl.col("valid_to").is_not_null())
    still = spells(x=[(0, "A")], y=[(0, "A")], z=[(0, "A")])
    dwelt = median_dwell(pl.concat([found, still]), last=day(40)).row(0, named=True)
    assert dwelt == {
        "scheme_id": "abc",
        "median_dwell_days": 30,
        "spell_count": 6,
        "open_spell_count": 3,
    }
    more = pl.concat([found, still, spells(a=[(0, "A")])])
    assert median_dwell(more, last=day(40))["median_dwell_days"].to_list() == [None]


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_the_median_is_that_of_kaplan_and_meier(lived: list[tuple[int, bool]]) -> None:
    found = pl.DataFrame(
        [
            ("abc", f"u{n}", "A", day(60 - days) if goes_on else day(0),
             None if goes_on else day(days), "first")
            for n, (days, goes_on) in enumerate(lived)
        ],
        schema=COLUMNS, orient="row",
    )  # fmt: skip
    ended = [days for days, goes_on in lived if not goes_on]
    censored = [days for days, goes_on in lived if goes_on]
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=censored)).sf
    below = [
        q for q, p in zip(curve.quantiles, curve.probabilities, strict=True) if p <= 0.5 + 1e-9
    ]
    over = [q for q in below if q in ended]
    dwelt = median_dwell(found, last=day(60))["median_dwell_days"].to_list()
    assert dwelt == [int(over[0]) if over else None]


def test_a_thin_cell_has_a_wide_interval() -> None:
    counts = pl.DataFrame(
        {
            "scheme_id": ["s"] * 4,
            "from_segment_id": ["A", "A", "B", "B"],
            "to_segment_id": ["A", "B", "A", "B"],
            "unit_count": [1, 1, 500, 500],
        }
    )
    found = with_rates(counts)
    width = (found["move_high_rate"] - found["move_low_rate"]).to_list()
    assert found["move_rate"].to_list() == [0.5] * 4
    assert width[0] > 0.8
    assert width[2] < 0.07


def test_every_cause_of_the_history_is_of_one_kind() -> None:
    assert set(CAUSES.values()) == {"data", "rules", "override"}


def test_a_unit_may_stand_for_many_alike() -> None:
    many = spells(a=[(0, "A")], b=[(0, "A")], c=[(0, "A")], d=[(0, "A"), (40, "B"), (60, "A")])
    few = spells(a=[(0, "A")], d=[(0, "A"), (40, "B"), (60, "A")]).with_columns(
        stands_for=pl.when(pl.col("unit_id") == "a").then(3).otherwise(1)
    )
    assert rates(few, last=100) == rates(many, last=100)

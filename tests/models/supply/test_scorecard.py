"""The record of suppliers."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.supply.scorecard import supplier_scorecard, wilson_interval
from tests.models.supply.bought import Line, bought


def scored(
    lines: list[Line], *, minimum: int = 3, rejected: float = 0.0
) -> dict[str, dict[str, object]]:
    made = bought(lines, rejected=rejected)
    found = supplier_scorecard(made.portions, made.lines, minimum_due_lines=minimum)
    return {row["supplier_id"]: row for row in found.to_dicts()}


def interval(successes: int, trials: int) -> tuple[float | None, float | None]:
    low, high = wilson_interval(pl.col("k"), pl.col("n"))
    found: tuple[float | None, float | None] = (
        pl.DataFrame({"k": [successes], "n": [trials]}).select(low=low, high=high).row(0)
    )
    return found


@given(st.integers(1, 500), st.data())
def test_the_interval_is_wilsons(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    other = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert interval(successes, trials) == pytest.approx((other.low, other.high), abs=1e-9)


def test_without_a_trial_there_is_no_interval() -> None:
    assert interval(0, 0) == (None, None)


def test_few_lucky_lines_do_not_outrank_many_good_ones_and_fewer_still_have_no_rank() -> None:
    found = scored(
        [
            *[("p", "s", "many", 10, True)] * 39,
            ("p", "s", "many", 40, True),
            *[("p", "s", "lucky", 10, True)] * 3,
            *[("p", "s", "few", 10, True)] * 2,
            *[("p", "s", "late", 40, True)] * 9,
        ]
    )
    assert {name: row["otif_rank"] for name, row in found.items()} == {
        "many": 1,
        "lucky": 2,
        "late": 3,
        "few": None,
    }
    assert (found["lucky"]["otif_rate"], found["many"]["otif_rate"]) == (1, 0.975)


def test_a_record_counts_what_is_open_and_what_was_refused() -> None:
    found = scored([("p", "s", "v", 10, True), ("q", "s", "v", 30, False)], rejected=2.5)["v"]
    assert (found["order_line_count"], found["product_count"]) == (2, 2)
    assert (found["received_line_count"], found["open_line_count"]) == (1, 1)
    assert (found["yield_rate"], found["refused_per_million_ratio"]) == (0.75, 250_000)
    assert (found["lead_time_mean_days"], found["lead_time_sd_days"]) == (10, None)


def test_a_supplier_of_whom_nothing_has_come_has_a_record_without_rates() -> None:
    found = scored([("p", "s", "v", 30, False)])["v"]
    assert (found["otif_rate"], found["lead_time_mean_days"], found["yield_rate"]) == (
        0,
        None,
        None,
    )
    assert (found["received_line_count"], found["open_line_count"]) == (0, 1)

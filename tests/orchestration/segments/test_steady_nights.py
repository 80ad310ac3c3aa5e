"""Nights of schemes that hold still: what is in force, why, and what the next night knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.segments.churn import RATES
from orchestration.segments.churn import TABLE as CHURN
from orchestration.segments.evaluations import TABLE as EVALUATIONS
from orchestration.segments.hysteresis import TABLE as FRONTIER
from orchestration.segments.refresh_calendar import TABLE as CALENDAR
from orchestration.segments.stability import TABLE as STABILITY
from tests.orchestration.segments.steady_nights import Nights, company
from workspace.errors import ConfigurationErrors

BANDED = "{band: 0.1, confirm: {nights: 1, of: 1}, dwell_days: 0}"


def nights(root: Path, stability: str, *, metrics: str = "", is_reported: bool = False) -> Nights:
    found = company(root / "company", size=stability, metrics=metrics)
    return Nights(found, is_reported=is_reported)


def test_inside_of_the_band_a_customer_stays_where_it_came_from(tmp_path: Path) -> None:
    told = nights(tmp_path, BANDED).night({"low": 1900, "high": 2300})
    assert told.in_force() == {"low": "small", "high": "middle"}
    told.night({"low": 2100, "high": 1900})
    assert told.in_force() == {"low": "small", "high": "middle"}
    assert told.held() == {"low": ("middle", "band"), "high": ("small", "band")}
    told.night({"low": 2201, "high": 1799})
    assert told.in_force() == {"low": "middle", "high": "small"}
    assert told.held() == {}


def test_a_move_waits_for_its_confirmation_its_dwell_and_its_notice(tmp_path: Path) -> None:
    settings = "{band: 0, confirm: {nights: 2, of: 3}, dwell_days: 5, notice_days: {up: 2}}"
    told = nights(tmp_path, settings).night({"c": 5000})
    seen = []
    for revenue in (900, 5000, 900, 900, 900):
        told.night({"c": revenue})
        seen.append((told.in_force()["c"], told.held().get("c", ("", ""))[1]))
    assert seen == [
        ("middle", "confirmation"),
        ("middle", ""),
        ("middle", "notice"),
        ("middle", "notice"),
        ("small", ""),
    ]
    row = told.rows(STABILITY)[0]
    assert (row["moved_date"], row["left_segment_id"]) == (told.day, "middle")
    assert row["segments_left"] == f"middle={told.day}"
    assert row["in_force_since_date"] == told.day
    for _ in range(4):
        assert told.night({"c": 5000}).in_force() == {"c": "small"}
    assert told.held() == {"c": ("middle", "dwell")}
    pending = told.rows(STABILITY)[0]
    assert pending["pending_segment_id"] == "middle"
    assert pending["effective_date"] == date(2026, 1, 11)
    assert told.night({"c": 5000}).day == pending["effective_date"]
    assert told.in_force() == {"c": "middle"}


@pytest.mark.requirement("S4.M1.B6")
def test_between_the_limits_a_customer_stays_and_a_move_cites_its_metric_and_limit(
    tmp_path: Path,
) -> None:
    confirmed = "{band: 0.1, confirm: {nights: 2, of: 2}, dwell_days: 0}"
    told = nights(tmp_path, confirmed).night({"up": 1000, "down": 5000, "far": 9000})
    for _ in range(2):  # one value between the limits of 1,800 and 2,200, two pasts
        told.night({"up": 2100, "down": 2100, "far": 1900})
    assert told.in_force() == {"up": "small", "down": "middle", "far": "middle"}
    told.night({"up": 2300, "down": 1700, "far": 1900})
    assert told.in_force() == {"up": "small", "down": "middle", "far": "middle"}
    told.night({"up": 2300, "down": 1700, "far": 1900})
    assert told.in_force() == {"up": "middle", "down": "small", "far": "middle"}
    cited = {
        row["unit_id"]: (row["moved_column_name"], row["moved_limit_value"])
        for row in told.rows(STABILITY)
    }
    assert cited == {
        "up": ("revenue_12m_amount", 2200),
        "down": ("revenue_12m_amount", 1800),
        "far": ("revenue_12m_amount", 5400),
    }


def test_a_night_run_again_gives_the_same(tmp_path: Path) -> None:
    told = nights(tmp_path, "{confirm: {nights: 2, of: 3}}").night({"c": 900, "d": 9000})
    told.night({"c": 9000, "d": 9000})
    once = (told.rows(STABILITY), told.rows(CALENDAR), told.in_force())
    told.again({"c": 9000, "d": 9000})
    assert (told.rows(STABILITY), told.rows(CALENDAR), told.in_force()) == once


def test_cells_follow_their_parents(tmp_path: Path) -> None:
    told = nights(tmp_path, BANDED).night({"c": 1900, "d": 100})
    told.night({"c": 2100, "d": 100})
    assert told.in_force("customer_cell") == {"c": "Asmall", "d": "Csmall"}
    assert told.held("customer_cell") == {"c": ("Amiddle", "band")}


def test_first_rules_and_missing_values_act_at_once(tmp_path: Path) -> None:
    told = nights(tmp_path, "{}").night({"c": 9000, "d": 9000, "e": 9000})
    told.night({"c": 0, "d": None, "e": 900})
    assert told.in_force() == {"c": "idle", "d": "small", "e": "large"}
    told.night({"c": 3000, "d": 3000, "e": 900})
    assert told.in_force() == {"c": "middle", "d": "middle", "e": "large"}


def test_other_rules_place_everybody_at_once(tmp_path: Path) -> None:
    told = nights(tmp_path, "{}").night({"c": 5000})
    told.workspace = company(tmp_path / "changed", size="{}", cut=4000)
    told.night({"c": 5000})
    assert told.in_force() == {"c": "large"}


METRICS = """\
metrics:
  customer_revenue:
    title: Revenue of a customer in twelve months
    table: feat_customer_value
    column: revenue_12m_amount
    minimum: 0
    jump: {largest_factor: 4, least_change: 100}
"""


def test_a_customer_whose_value_is_not_trusted_is_not_looked_at(tmp_path: Path) -> None:
    told = nights(tmp_path, "{confirm: {nights: 2, of: 2}}", metrics=METRICS)
    told.night({"c": 5000, "d": 5000}).night({"c": 1500, "d": 1500})
    assert told.held() == {"c": ("small", "confirmation"), "d": ("small", "confirmation")}
    before = told.rows(STABILITY)
    told.night({"c": 90_000, "d": 1500})
    assert told.held() == {"c": ("large", "metric_untrusted")}
    assert told.in_force() == {"c": "middle", "d": "small"}
    assert told.rows(STABILITY)[0]["candidates"] == before[0]["candidates"]
    told.night({"c": 1500, "d": 1500})
    assert told.in_force() == {"c": "small", "d": "small"}


def test_stability_of_a_matrix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationErrors, match="cells follow their parents"):
        company(tmp_path / "company", cell="{}")


def test_churn_tells_what_moved_and_how_surely(tmp_path: Path) -> None:
    told = nights(tmp_path, BANDED, is_reported=True).night({"a": 900, "b": 900, "c": 9000})
    told.night({"a": 9000, "b": 900, "new": 900})
    found = told.rows(CHURN, "scheme_id = 'customer_size'")
    assert [(r["from_segment_id"], r["to_segment_id"], r["move_rate"]) for r in found] == [
        ("(none)", "small", None),
        ("large", "(none)", 1.0),
        ("small", "large", 0.5),
        ("small", "small", 0.5),
    ]
    assert found[2]["move_low_rate"] < 0.1 < 0.9 < found[2]["move_high_rate"]
    rate = told.rows(RATES, "scheme_id = 'customer_size'")[0]
    assert (rate["move_count"], rate["data_move_count"]) == (1, 1)
    assert (rate["evaluated_month_count"], rate["spell_count"]) == (1, 5)


PAST = """
    select
        'customer_size' as scheme_id, unit_id,
        cast(date '2026-01-05' - to_months(cast(month as integer)) as date) as evaluated_date,
        case unit_id when 'a' then 2100 + 200 * (month % 3) else 900 end::double as value,
        '2000,6000' as cut_values, 'small' as segment_id, 1000 as value_at_stake_amount
    from range(1, 13) as months (month)
    cross join (values ('a'), ('b')) as units (unit_id)
"""


def test_a_month_is_evaluated_once_and_a_year_of_them_is_replayed(tmp_path: Path) -> None:
    told = nights(tmp_path, BANDED, is_reported=True).night({"a": 2100, "b": 900})
    told.carried[EVALUATIONS] = told.connection.sql(PAST).to_arrow_table()
    told.night({"a": 2500, "b": 900}).night({"a": 900, "b": 900})
    found = told.rows(EVALUATIONS)
    assert len(found) == 13 * 2
    assert (found[12]["value"], found[12]["cut_values"]) == (2500, "2000,6000")
    table = told.rows(FRONTIER)
    settings = {row["setting_id"]: row for row in table}
    assert settings["band 0, 1 of 1, dwell 0, never"]["move_count"] == 0
    assert settings["band 0, 1 of 1, dwell 0, nightly"]["misfit_amount"] == 0
    assert sum(row["is_recommended"] for row in table) == 1
    assert [row["band_rate"] for row in table if row["is_in_force"]] == [0.1]


def test_a_short_history_has_no_frontier_and_says_how_short_it_is(tmp_path: Path) -> None:
    told = nights(tmp_path, BANDED, is_reported=True).night({"a": 900})
    assert told.rows(FRONTIER) == []
    assert told.rows(RATES, "scheme_id = 'customer_size'")[0]["evaluated_month_count"] == 1
    assert told.rows(RATES, "scheme_id = 'customer_abc'")[0]["evaluated_month_count"] == 0


def test_without_customers_all_tables_are_there_and_empty(tmp_path: Path) -> None:
    told = nights(tmp_path, "{}", is_reported=True).night({})
    assert [told.rows(table) for table in (STABILITY, RATES, FRONTIER, EVALUATIONS, CHURN)] == (
        [[]] * 5
    )
    assert told.night({"a": 900}).in_force() == {"a": "small"}

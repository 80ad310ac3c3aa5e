"""What triggers know of units, and whom they let move between two reviews."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.segments.refresh_calendar import TABLE as CALENDAR
from orchestration.segments.triggers import TABLE as TRIGGERS
from tests.orchestration.segments.steady_nights import FIRST_DAY, Nights, company

PLAIN = "band: 0, confirm: {nights: 1, of: 1}, dwell_days: 0"
LANE = (
    "{" + PLAIN + ", moves: quarterly, moves_between: 1, triggers: "
    "[{trigger: jumped, column: revenue_12m_amount, kind: step, size: 0.5, nights: 2}]}"
)


@pytest.mark.requirement("S3.M4.B6")
def test_between_reviews_only_triggered_customers_move_and_no_more_than_the_cap(
    tmp_path: Path,
) -> None:
    told = Nights(company(tmp_path / "company", size=LANE)).night(
        {"a": 1900, "b": 1900, "c": 1900, "d": 1900}
    )
    assert told.in_force() == dict.fromkeys("abcd", "small")
    jumped = {"a": 2100, "b": 4000, "c": 5000, "d": 1900}
    assert told.night(jumped).held() == {
        "a": ("middle", "review"),
        "b": ("middle", "review"),
        "c": ("middle", "review"),
    }
    told.night(jumped)
    assert told.in_force() == {"a": "small", "b": "small", "c": "middle", "d": "small"}
    assert told.held() == {"a": ("middle", "review"), "b": ("middle", "cap")}
    fired = {row["unit_id"]: row["fired_to"] for row in told.rows(TRIGGERS, "is_fired")}
    assert fired == {"b": "up", "c": "up"}
    of_size = "scheme_id = 'customer_size'"
    calendar = told.rows(CALENDAR, of_size)[0]
    assert (calendar["moved_between_count"], calendar["allowed_between_count"]) == (1, 1)
    assert calendar["next_review_date"] == date(2026, 4, 1)
    assert {row["scheme_id"]: row["next_review_date"] for row in told.rows(CALENDAR)} == {
        "customer_abc": date(2026, 1, 4),
        "customer_cell": date(2026, 1, 4),
        "customer_size": date(2026, 4, 1),
        "xyz": date(2026, 1, 4),
    }
    told.night(jumped | {"d": 9000}).night(jumped | {"d": 9000})
    assert told.held()["d"] == ("large", "cap")
    told.night(jumped, days=90)
    assert told.in_force() == {"a": "middle", "b": "middle", "c": "middle", "d": "small"}
    calendar = told.rows(CALENDAR, of_size)[0]
    assert (calendar["moved_between_count"], calendar["last_review_date"]) == (0, told.day)


WATCHED = (
    "{triggers: [{trigger: side, column: revenue_12m_amount, kind: limits, lower: 2000, "
    "upper: 4000, nights: 2}, {trigger: word, column: revenue_12m_amount, kind: change, nights: 2, "
    "cooldown_days: 3}]}"
)


def test_what_a_trigger_knows_is_carried_from_night_to_night(tmp_path: Path) -> None:
    told = Nights(company(tmp_path / "company", size=WATCHED))
    fired = []
    for revenue in (5000, 5000, 1000, 3000, 1000, 1000, 4500, 4500, None, 4500):
        told.night({"a": revenue})
        fired += [
            ((told.day - FIRST_DAY).days, row["trigger_id"], row["fired_to"], row["limit_value"])
            for row in told.rows(TRIGGERS, "is_fired")
        ]
    assert fired == [
        (5, "side", "down", 2000),
        (5, "word", "1000.0000", None),
        (7, "side", "up", 4000),
        (9, "word", "4500.0000", None),
    ]
    side, word = told.rows(TRIGGERS)
    assert (side["reference_value"], word["reference_value"]) == ("1.0", "4500.0000")
    assert (side["fired_date"], word["fired_date"]) == (date(2026, 1, 8), told.day)

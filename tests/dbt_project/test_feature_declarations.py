"""Every feature has one declared unit, window and estimator, and a grade of its quality."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from models.calendars.business_days import business_days
from models.demand.item_profile import item_profile
from models.supply.lead_times import lead_times
from workspace.table_contract import ContractColumn, TableContract, feature_tables

FEATURES = [
    (table, column)
    for table in feature_tables()
    for column in table.columns
    if column.name not in table.key
]
MONDAY = date(2026, 6, 1)
HOLIDAYS = {date(2026, 6, 11): "a Thursday", date(2026, 6, 20): "a Saturday"}


@pytest.mark.parametrize(
    ("table", "column"), FEATURES, ids=[f"{t.table}.{c.name}" for t, c in FEATURES]
)
def test_a_feature_declares_how_it_is_measured(
    table: TableContract, column: ContractColumn
) -> None:
    assert column.measure is not None
    graded_by = {other.name for other in table.columns} - {column.name} | {"counted"}
    assert column.measure.grade in graded_by
    if not column.is_required:
        assert "null" in column.description


def lead_time(days: list[int]) -> float:
    """Return the mean of order lines that came after so many days."""
    portions = pl.DataFrame(
        {"order_line_id": [str(n) for n in range(len(days))], "days": days}
    ).with_columns(item=pl.lit("p"), share_rate=pl.lit(1.0), is_received=pl.lit(True))
    return float(lead_times(portions, keys=["item"], days="days")["mean_days"].item())


@pytest.mark.requirement("S4.M2.B2")
def test_attributes_have_one_unit_window_and_grade_and_estimators_that_agree() -> None:
    assert [column.name for _, column in FEATURES if column.measure is None] == []

    # Calendar and working days of the same receipts say the same day.
    calendar = business_days(
        MONDAY, MONDAY + timedelta(days=60), weekend={6, 7}, holidays=HOLIDAYS
    ).select("date", "business_day_count")
    counts = dict(calendar.iter_rows())
    ordered = [MONDAY + timedelta(days=n) for n in (0, 3, 8, 11)]
    arrived = [MONDAY + timedelta(days=n) for n in (14, 17, 22, 25)]
    whole_days = [(b - a).days for a, b in zip(ordered, arrived, strict=True)]
    working_days = [counts[b] - counts[a] for a, b in zip(ordered, arrived, strict=True)]
    assert lead_time(whole_days) == 14
    assert lead_time(working_days) == pytest.approx((9 + 9 + 9 + 10) / 4)
    weeks_without_holidays = [counts[day + timedelta(days=35)] - counts[day] for day in arrived]
    assert lead_time(weeks_without_holidays) == 35 * 5 / 7

    # A coefficient of variation of six weeks is multiplied by 1 + 1 / (4 n).
    demand = pl.DataFrame(
        {"series": [0] * 6, "week": list(range(-5, 1)), "size": [3.0, 9.0, 5.0, 7.0, 1.0, 5.0]}
    )
    (profile,) = item_profile(
        demand,
        pl.DataFrame({"product_id": ["p"]}),
        last_week=MONDAY,
        observed_weeks=6,
        half_life_weeks=26,
    ).to_dicts()
    assert profile["xyz_cv_ratio"] == pytest.approx(profile["weekly_cv_ratio"] * 25 / 24, abs=1e-6)

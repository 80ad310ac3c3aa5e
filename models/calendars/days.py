"""A calendar day by day: year, quarter, period and week of each date, and its comparable date.

A calendar *by weeks* has only periods of whole weeks. Its comparable date is the same weekday 52
weeks earlier, as far as that lies in the year before: the year after a 53-week year is compared
with weeks 2 to 53 of it, and week 53 itself with nothing. That is the restated comparison of the
National Retail Federation's 4-5-4 calendar. Any other calendar compares the same day of the same
period; 29 February has none.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from models.calendars.periods import PERIODS_PER_YEAR, WEEK, Period

QUARTERS = 4
COMPARABLE_WEEKS = 52


def fiscal_days(periods: Sequence[Period], *, week_starts_on: int = 1) -> pl.DataFrame:
    """Return one row per day of sound, consecutive periods, ordered by date.

    Columns: date, fiscal_year, fiscal_quarter, fiscal_period, fiscal_week, year_start_date,
    period_start_date, period_end_date, week_start_date, comparable_date (restated) and
    prior_year_date (the same week, or period, of the year before as it was reported). Weeks of a
    calendar by weeks count from the first day of the year. Elsewhere they begin on ISO weekday
    `week_starts_on` and are cut at both ends of the year.
    """
    frame = _in_quarters(_frame(periods), periods)
    by_weeks = _is_by_weeks(periods)
    days = (
        frame.with_columns(date=pl.date_ranges("period_start_date", "period_end_date"))
        .explode("date", empty_as_null=False, keep_nulls=False)
        .sort("date")
    )
    anchor = (
        pl.col("year_start_date") if by_weeks else _week_start("year_start_date", week_starts_on)
    )
    weeks = _days_since(anchor) // WEEK.days
    days = days.with_columns(
        fiscal_week=(weeks + 1).cast(pl.Int32),
        week_start_date=pl.max_horizontal(
            anchor + pl.duration(days=WEEK.days * weeks), "year_start_date"
        ),
    )
    compared = _compared_by_weeks(days) if by_weeks else _compared_by_day(days)
    return compared.select(
        "date",
        "fiscal_year",
        "fiscal_quarter",
        "fiscal_period",
        "fiscal_week",
        "year_start_date",
        "period_start_date",
        "period_end_date",
        "week_start_date",
        "comparable_date",
        "prior_year_date",
    ).sort("date")


def _frame(periods: Sequence[Period]) -> pl.DataFrame:
    schema = pl.Schema(
        {
            "fiscal_year": pl.Int32,
            "fiscal_period": pl.Int32,
            "period_start_date": pl.Date,
            "period_end_date": pl.Date,
        }
    )
    rows = [(period.year, period.number, period.start, period.end) for period in periods]
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        year_start_date=pl.col("period_start_date").min().over("fiscal_year")
    )


def _in_quarters(frame: pl.DataFrame, periods: Sequence[Period]) -> pl.DataFrame:
    """Put periods into four quarters of equal length; what is over lengthens the last."""
    has_whole_year = len({period.year for period in periods}) > 1
    longest = max(p.number for p in periods) if has_whole_year else PERIODS_PER_YEAR
    per_quarter = max(longest, QUARTERS) // QUARTERS
    quarter = (pl.col("fiscal_period") - 1) // per_quarter + 1
    return frame.with_columns(
        fiscal_quarter=pl.min_horizontal(quarter, pl.lit(QUARTERS)).cast(pl.Int32)
    )


def _is_by_weeks(periods: Sequence[Period]) -> bool:
    return all(((p.end - p.start).days + 1) % WEEK.days == 0 for p in periods)


def _week_start(column: str, week_starts_on: int) -> pl.Expr:
    before = (pl.col(column).dt.weekday() - week_starts_on) % WEEK.days
    return pl.col(column) - pl.duration(days=before)


def _days_since(start: pl.Expr) -> pl.Expr:
    return (pl.col("date") - start).dt.total_days()


def _compared_by_weeks(days: pl.DataFrame) -> pl.DataFrame:
    """Compare weekdays: restated by 52 weeks, as reported by the number of the week."""
    years = days.group_by("fiscal_year").agg(
        year_start_date=pl.col("year_start_date").first(), weeks=pl.col("fiscal_week").max()
    )
    before = years.select(
        fiscal_year=pl.col("fiscal_year") + 1,
        start_before="year_start_date",
        weeks_before="weeks",
    )
    restated = pl.col("date") - pl.duration(weeks=COMPARABLE_WEEKS)
    reported = pl.col("date") - (pl.col("year_start_date") - pl.col("start_before"))
    is_before = restated.is_between("start_before", "year_start_date", closed="left")
    is_known = pl.col("fiscal_week") <= pl.col("weeks_before")
    return days.join(before, on="fiscal_year", how="left").with_columns(
        comparable_date=pl.when(is_before).then(restated),
        prior_year_date=pl.when(is_known).then(reported),
    )


def _compared_by_day(days: pl.DataFrame) -> pl.DataFrame:
    """Compare the same day of the same period; the restated comparison is no other."""
    day = _days_since(pl.col("period_start_date"))
    before = days.select(
        "fiscal_period",
        fiscal_year=pl.col("fiscal_year") + 1,
        day=day,
        prior_year_date="date",
    )
    joined = days.with_columns(day=day).join(
        before, on=["fiscal_year", "fiscal_period", "day"], how="left"
    )
    return joined.with_columns(comparable_date=pl.col("prior_year_date"))

"""What was known when."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.supply.vintages import vintages

FIRST = date(2026, 1, 1)
EMPTY = pl.DataFrame(
    schema={"key": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "value": pl.Int64}
)


def night(number: int, known: dict[str, int | None], before: pl.DataFrame = EMPTY) -> pl.DataFrame:
    tonight = pl.DataFrame(
        list(known.items()), schema={"key": pl.String, "value": pl.Int64}, orient="row"
    )
    date_of_night = FIRST + timedelta(days=number)
    return vintages(before, tonight, keys=["key"], business_date=date_of_night)


def as_of(rows: pl.DataFrame, number: int) -> dict[str, int | None]:
    day = FIRST + timedelta(days=number)
    held = rows.filter(
        pl.col("valid_from") <= day, pl.col("valid_to").is_null() | (day < pl.col("valid_to"))
    )
    return dict(held.select("key", "value").iter_rows())


def test_what_has_not_changed_stays_one_row_and_null_is_a_value() -> None:
    once = night(0, {"a": 1, "b": None})
    assert night(1, {"a": 1, "b": None}, once).equals(once)
    assert night(2, {"a": 1, "b": 4}, once).height == 3


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 2)),
        min_size=1,
        max_size=8,
    )
)
def test_a_later_night_alters_nothing_of_what_an_earlier_day_reads(
    nights: list[dict[str, int | None]],
) -> None:
    rows = EMPTY
    for number, known in enumerate(nights):
        rows = night(number, known, rows)
        for earlier in range(number + 1):
            assert as_of(rows, earlier) == nights[earlier]
    assert rows.select("key", "valid_from").is_duplicated().sum() == 0

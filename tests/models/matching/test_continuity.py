from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.matching.continuity import continued
from models.matching.entity_events import EVENT

SPLIT_DAY = date(2026, 3, 1)
AMOUNT = pl.Decimal(18, 4)


def event(kind: str, golden_id: str, other: str, day: date, **more: object) -> dict[str, object]:
    given = {"event_id": f"e-{kind}{day}", "is_reversed": False, **more}
    return {
        "event_type": kind,
        "golden_id": golden_id,
        "other_golden_id": other,
        "event_date": day,
        "recorded_date": day,
        **given,
    }


def read(rows: list[tuple[str, date, str]], *events: dict[str, object]) -> pl.DataFrame:
    past = pl.DataFrame(
        [(golden_id, day, Decimal(amount)) for golden_id, day, amount in rows],
        {"customer_id": pl.String, "week": pl.Date, "amount": AMOUNT},
        orient="row",
    )
    return continued(
        past,
        pl.DataFrame(events, EVENT),
        golden_id="customer_id",
        dated="week",
        measures=["amount"],
    )


def amounts(found: pl.DataFrame) -> list[tuple[str, str, str]]:
    columns = ("customer_id", "origin_id", "amount")
    rows = found.select(columns).sort(columns).iter_rows()
    return [(golden_id, origin, f"{amount:f}") for golden_id, origin, amount in rows]


def test_the_survivors_past_includes_both_with_their_origin() -> None:
    rows = [("c-1", date(2026, 1, 5), "10"), ("c-2", date(2026, 1, 5), "4")]
    found = read(rows, event("merge", "c-1", "c-2", SPLIT_DAY))
    assert amounts(found) == [("c-1", "c-1", "10.0000"), ("c-1", "c-2", "4.0000")]


def test_a_split_shares_what_was_before_it_and_nothing_after() -> None:
    rows = [("c-1", date(2026, 2, 1), "10"), ("c-1", SPLIT_DAY, "7"), ("c-2", SPLIT_DAY, "1")]
    found = read(rows, event("split", "c-1", "c-2", SPLIT_DAY, share_rate=0.25))
    assert amounts(found) == [
        ("c-1", "c-1", "7.0000"),
        ("c-1", "c-1", "7.5000"),
        ("c-2", "c-1", "2.5000"),
        ("c-2", "c-2", "1.0000"),
    ]


def test_of_a_merge_that_was_undone_only_the_time_together_is_shared() -> None:
    merged = date(2026, 2, 1)
    rows = [
        ("c-1", date(2026, 1, 5), "10"),
        ("c-2", date(2026, 1, 5), "4"),
        ("c-1", date(2026, 2, 9), "8"),
    ]
    found = read(
        rows,
        event("merge", "c-1", "c-2", merged, event_id="e-m", is_reversed=True),
        event("split", "c-1", "c-2", SPLIT_DAY, share_rate=0.5, reverses_event_id="e-m"),
    )
    assert amounts(found) == [
        ("c-1", "c-1", "4.0000"),
        ("c-1", "c-1", "10.0000"),
        ("c-2", "c-1", "4.0000"),
        ("c-2", "c-2", "4.0000"),
    ]


@given(
    values=st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=5),
    rates=st.lists(st.floats(0, 1), min_size=1, max_size=3),
)
def test_features_of_the_parts_sum_to_those_of_the_whole(
    values: list[Decimal], rates: list[float]
) -> None:
    rows = [("c-1", date(2026, 1, number + 1), f"{value}") for number, value in enumerate(values)]
    splits = [
        event("split", "c-1", f"c-{n}", SPLIT_DAY, share_rate=rate, event_id=f"e-{n}")
        for n, rate in enumerate(rates, 2)
    ]
    found = read(rows, *splits)
    assert found["amount"].sum() == sum(values)
    assert found.group_by("week").agg(pl.col("amount").sum()).height == len(values)
    assert set(found["customer_id"]) == {"c-1", *(f"c-{n}" for n in range(2, len(rates) + 2))}

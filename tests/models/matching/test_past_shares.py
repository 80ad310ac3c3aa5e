from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.matching.past_shares import Share, Split, past_shares

SPLIT_DAY = date(2026, 3, 1)
ANCIENT = date(2020, 1, 1)
CENT = Decimal("0.0001")


def shared(shares: list[Share], record: str, day: date, amount: Decimal) -> dict[str, Decimal]:
    """Return what each heir has of an amount that was ordered on a record on a day."""
    found: dict[str, Decimal] = {}
    for share in shares:
        if share.record_key == record and share.ordered_from <= day < share.ordered_to:
            ends = (share.low * amount, share.high * amount)
            low, high = (end.quantize(CENT, ROUND_HALF_UP) for end in ends)
            found[share.heir] = found.get(share.heir, Decimal(0)) + high - low
    return found or {record: amount}


def test_all_that_both_sides_ordered_before_the_day_is_shared_and_nothing_after() -> None:
    shares = past_shares(
        [Split(staying=["a:1"], leaving=["b:1"], day=SPLIT_DAY, share=Decimal("0.25"))]
    )
    for record in ("a:1", "b:1"):
        assert shared(shares, record, ANCIENT, Decimal(10)) == {
            "a:1": Decimal("7.5"),
            "b:1": Decimal("2.5"),
        }
    assert shared(shares, "a:1", SPLIT_DAY, Decimal(10)) == {"a:1": Decimal(10)}
    assert shared(shares, "a:9", ANCIENT, Decimal(10)) == {"a:9": Decimal(10)}


def test_a_second_split_shares_what_the_first_one_left() -> None:
    later = SPLIT_DAY + timedelta(days=30)
    shares = past_shares(
        [
            Split(staying=["a:1", "a:2"], leaving=["b:1"], day=SPLIT_DAY, share=Decimal("0.2")),
            Split(staying=["a:1"], leaving=["a:2"], day=later, share=Decimal("0.5")),
        ]
    )
    assert shared(shares, "a:1", ANCIENT, Decimal(10)) == {
        "a:1": Decimal(4),
        "a:2": Decimal(4),
        "b:1": Decimal(2),
    }
    assert shared(shares, "a:1", SPLIT_DAY, Decimal(10)) == {"a:1": Decimal(5), "a:2": Decimal(5)}
    assert shared(shares, "b:1", SPLIT_DAY, Decimal(10)) == {"b:1": Decimal(10)}


@given(
    amounts=st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=1, max_size=5),
    rates=st.lists(st.decimals("0.000001", "0.999999", places=6), min_size=1, max_size=3),
)
def test_the_parts_sum_to_the_whole_to_the_last_digit(
    amounts: list[Decimal], rates: list[Decimal]
) -> None:
    leaving = [f"b:{number}" for number in range(len(rates))]
    splits = [
        Split(
            staying=["a:1", *leaving[number + 1 :]],
            leaving=[leaving[number]],
            day=SPLIT_DAY + timedelta(days=number),
            share=rate,
        )
        for number, rate in enumerate(rates)
    ]
    shares = past_shares(splits)
    for amount in amounts:
        for record in ("a:1", *leaving):
            parts = shared(shares, record, ANCIENT, amount)
            assert sum(parts.values()) == amount
            assert set(parts) == {"a:1", *leaving}

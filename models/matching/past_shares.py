"""Whose the past of a split entity is, where a share of it was declared.

What was ordered on a record goes where the record goes, so that after a split the parts sum to the
whole. That is not enough where the part that leaves has traded on a record that stays. Then
somebody declares its share, and all that either side has ordered before that day is shared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

# Decimals of a rate.
RATE = Decimal("0.000000000001")


@dataclass(frozen=True, kw_only=True)
class Split:
    """Records that stay and records that leave on a day, and the share that goes with these."""

    staying: Collection[str]
    leaving: Collection[str]
    day: date
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part of what was ordered on a record, from one day until another, that an heir has.

    `heir` is a record of the entity whose it is. The parts of a record lie one after the other
    between 0 and 1: of an amount an heir has what is rounded at `high` less what is rounded at
    `low`, so that nothing is lost or counted twice, in whatever unit is rounded.
    """

    record_key: str
    ordered_from: date
    ordered_to: date
    heir: str
    low: Decimal
    high: Decimal


def past_shares(splits: Sequence[Split]) -> list[Share]:
    """Return the shares of every record that a split names; one that follows shares what is left.

    `splits` stand in the order in which they came into effect.
    """
    keys = sorted({key for split in splits for key in (*split.staying, *split.leaving)})
    days = [date.min, *sorted({split.day for split in splits})]
    return [
        Share(record_key=key, ordered_from=since, ordered_to=until, heir=heir, low=low, high=high)
        for key in keys
        for since, until in pairwise(days)
        for heir, low, high in _heirs(key, [split for split in splits if split.day >= until])
    ]


def _heirs(key: str, splits: Sequence[Split]) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Return who has which part of what was ordered on a record before some splits."""
    held = [(key, Decimal(0), Decimal(1))]
    for split in splits:
        parted: list[tuple[str, Decimal, Decimal]] = []
        for heir, low, high in held:
            if heir not in split.staying and heir not in split.leaving:
                parted.append((heir, low, high))
                continue
            middle = (low + (high - low) * (1 - split.share)).quantize(RATE)
            parted += [(min(split.staying), low, middle), (min(split.leaving), middle, high)]
        held = parted
    return ((heir, low, high) for heir, low, high in held if low < high)

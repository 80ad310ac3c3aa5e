"""Stock counts as delivered: some stock is there, counted in our time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import EARLIEST_DATE

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before stock positions are computed."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="on_hand_units",
            min_value=0,
            strict_min=True,
            mostly=0.05,
            notes="Shelves that are empty nearly everywhere make the night order everything.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="snapshot_date", min_value=EARLIEST_DATE, mostly=0.999
        ),
    )

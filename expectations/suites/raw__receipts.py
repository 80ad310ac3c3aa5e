"""Goods receipts as delivered: of something, in our time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import EARLIEST_DATE

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before lead times are measured from receipts."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="received_units",
            min_value=0,
            strict_min=True,
            mostly=0.9,
            notes="A receipt of nothing is a correction: a few are booked, not one in ten.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="receipt_date", min_value=EARLIEST_DATE, mostly=0.999
        ),
    )

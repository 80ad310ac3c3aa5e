"""Order lines as delivered: mostly sales, of something, for something, in our time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import CURRENCY_PATTERN, EARLIEST_DATE

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before demand and value are computed from order lines."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeInSet(
            column="transaction_type",
            value_set=["sale"],
            mostly=0.5,
            notes="More returns than sales means that the two are mapped the wrong way round.",
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="is_cancelled",
            value_set=[False],
            mostly=0.5,
            notes="Cancelled lines are no demand: more than half of them is a wrong mapping.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="quantity_units", min_value=0, strict_min=True, mostly=0.95
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="net_amount",
            min_value=0,
            strict_min=True,
            mostly=0.5,
            notes="Samples and parts of a set are free of charge; most lines are not.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="order_date", min_value=EARLIEST_DATE, mostly=0.999
        ),
        gxe.ExpectColumnValuesToMatchRegex(column="currency_code", regex=CURRENCY_PATTERN),
    )

"""Purchase order lines as delivered: for something, mostly not cancelled, in our time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import EARLIEST_DATE

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before lead times and open orders are computed."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="ordered_units", min_value=0, strict_min=True, mostly=0.95
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="is_cancelled",
            value_set=[False],
            mostly=0.5,
            notes="Cancelled lines bring no stock: more than half of them is a wrong mapping.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="order_date", min_value=EARLIEST_DATE, mostly=0.999
        ),
    )

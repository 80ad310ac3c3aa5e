"""Reorder points and suggested orders: nothing below zero, and not an order for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before an order may be suggested to a buyer."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(column="reorder_point_units", min_value=0),
        gxe.ExpectColumnValuesToBeBetween(column="suggested_order_units", min_value=0),
        gxe.ExpectColumnValuesToBeInSet(
            column="is_below_reorder_point",
            value_set=[False],
            mostly=0.05,
            notes="Orders for nearly every item at once mean that the stock did not arrive.",
        ),
    )

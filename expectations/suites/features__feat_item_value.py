"""The year's value of each item: some of it sold, and no count or stock below zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before items are ranked by value, and before that is published."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="order_line_count_12m",
            min_value=1,
            mostly=0.01,
            notes="A year in which next to nothing sold is a year of orders that did not arrive.",
        ),
        gxe.ExpectColumnValuesToBeBetween(column="sold_units_12m", min_value=0),
        gxe.ExpectColumnValuesToBeBetween(column="returned_units_12m", min_value=0),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="order_line_count_12m", column_B="customer_count_12m", or_equal=True
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="revenue_12m_amount",
            min_value=0,
            mostly=0.9,
            notes="An item may take back more than it sold; one in ten may not.",
        ),
    )

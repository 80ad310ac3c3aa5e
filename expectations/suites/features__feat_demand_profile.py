"""The demand of each item: weeks that can be, ratios within their definition, known classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before items are classed by demand, and before that is published."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="demand_weeks_count",
            min_value=1,
            mostly=0.01,
            notes="Hardly an item with demand: the order lines did not arrive.",
        ),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="history_weeks_count", column_B="demand_weeks_count", or_equal=True
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="adi_ratio",
            min_value=1,
            notes="Weeks of history to a week with demand: never less than one.",
        ),
        gxe.ExpectColumnValuesToBeBetween(column="weekly_mean_units", min_value=0),
        gxe.ExpectColumnValuesToBeInSet(
            column="syntetos_boylan_class",
            value_set=["smooth", "erratic", "intermittent", "lumpy", "undefined"],
        ),
        gxe.ExpectColumnValuesToBeInSet(column="xyz_class", value_set=["X", "Y", "Z", "undefined"]),
    )

"""Safety stock: some of it above zero, on deviations and targets that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before a safety stock may reach a planner."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="target_rate",
            min_value=0,
            max_value=1,
            strict_min=True,
            strict_max=True,
            notes="A service level of 98 is a percentage in the wrong place.",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="safety_stock_units",
            min_value=0,
            strict_min=True,
            mostly=0.01,
            notes="Rare demand can need less than its mean; where nothing needs more, it is wrong.",
        ),
        gxe.ExpectColumnValuesToBeBetween(column="protection_sd_units", min_value=0),
        gxe.ExpectColumnValuesToBeBetween(
            column="lead_time_mean_days",
            min_value=0,
            max_value=730,
            mostly=0.99,
            notes="Two years from order to receipt is a wrong date on one of the two.",
        ),
    )

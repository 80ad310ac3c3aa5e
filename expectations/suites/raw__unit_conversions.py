"""Unit conversions as delivered: between named units, by factors that packs have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

# A pallet of screws holds some 1e6 of them; beyond that a decimal mark is lost.
LARGEST_FACTOR = 10_000_000
NUMBER_PATTERN = r"^[0-9.,]+$"


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before any quantity is converted."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="numerator", min_value=0, strict_min=True, max_value=LARGEST_FACTOR, mostly=0.999
        ),
        gxe.ExpectColumnValuesToNotMatchRegex(
            column="unit_code",
            regex=NUMBER_PATTERN,
            notes="A number in place of a unit: code and factor have changed places.",
        ),
        gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(
            column="product_id",
            min_value=0.06,
            notes="Products have a few units each, not seventeen: the column is another.",
        ),
    )

"""Customers as delivered: there are some, and their keys and names are their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import MANGLED_KEY_PATTERN

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before anything is computed from customers."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToNotMatchRegex(
            column="customer_id",
            regex=MANGLED_KEY_PATTERN,
            mostly=0.99,
            notes="A spreadsheet has rounded the keys: they name other customers now.",
        ),
        gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(
            column="customer_name",
            min_value=0.2,
            notes="One name on most accounts is a filler, and matching would merge them.",
        ),
    )

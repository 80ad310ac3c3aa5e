"""Exchange rates as delivered: positive, between named currencies, in our time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.plausible import CURRENCY_PATTERN, EARLIEST_DATE

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation

# The dearest unit of account buys some 1e6 of the cheapest; beyond that a mark is misplaced.
LARGEST_RATE = 1_000_000


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before any amount is converted."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToBeBetween(
            column="rate", min_value=0, strict_min=True, max_value=LARGEST_RATE
        ),
        gxe.ExpectColumnValuesToMatchRegex(column="from_currency_code", regex=CURRENCY_PATTERN),
        gxe.ExpectColumnValuesToMatchRegex(column="to_currency_code", regex=CURRENCY_PATTERN),
        gxe.ExpectColumnValuesToBeBetween(
            column="rate_date", min_value=EARLIEST_DATE, mostly=0.999
        ),
    )

"""The segments of all schemes: they tell units apart, on one day, by a named rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from great_expectations.expectations import Expectation


def expectations() -> tuple[Expectation, ...]:
    """Return what must hold before an assignment may reach a reader."""
    import great_expectations.expectations as gxe

    return (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column="segment_id",
            min_value=2,
            notes="One segment for all units tells nothing: an input is missing or constant.",
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="segment_id", regex=r"\S", notes="A blank is not the name of a segment."
        ),
        gxe.ExpectColumnValuesToMatchRegex(
            column="rule_id", regex=r"\S", notes="Each assignment names the rule that made it."
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column="as_of_date", min_value=1, max_value=1, notes="One night, one day."
        ),
    )

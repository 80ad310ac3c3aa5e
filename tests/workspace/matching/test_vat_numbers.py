"""Check digits of VAT numbers, by numbers that were published."""

from __future__ import annotations

import re

import duckdb
import pytest

from workspace.matching.vat_numbers import has_no_false_check_digit

# Examples of the tax authorities and of company imprints; python-stdnum's documentation has most.
PUBLISHED = (
    "DE136695976",
    "FR40303265045",
    "FR23334175221",
    "IT00743110157",
    "ES54362315K",
    "ESX2482300W",
    "ESX5253868R",
    "ESJ99216582",
    "ESA13585625",
    "NL004495445B01",
    "NL002455799B11",
    "BE0403019261",
    "BE0428759497",
    "ATU13585627",
    "PL8567346215",
    "GB980780684",
    "DK13585628",
    "FI20774740",
    "SE123456789701",
    "PT501964843",
    "LU15027442",
    "CHE107787577IVA",
    "CHE100155212",
)
# What those documents name as false.
FALSE = (
    "DE136695978",
    "FR84323140391",
    "IT00743110158",
    "ES54362315Z",
    "ESJ99216583",
    "NL123456789B90",
    "BE0431150351",
    "ATU13585626",
    "PL8567346216",
    "GB802311781",
)
# No VAT number of these forms, or no check digit that we know of: nothing says they are wrong.
UNKNOWN = (
    "DE12345678901",
    "FRK7399859412",
    "NL123456789",
    "US123456789",
    "ESM1234567L",
    "GBGD001",
    "12345",
    "",
)


def answers(numbers: tuple[str, ...] | list[str]) -> dict[str, bool]:
    """Return what is said of each number."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select n, {has_no_false_check_digit('n')} from (select unnest(?::varchar[]) as n)",
            [list(numbers)],
        ).fetchall()
    return dict(rows)


def test_published_numbers_check_out() -> None:
    assert answers(PUBLISHED) == dict.fromkeys(PUBLISHED, True)


def test_numbers_published_as_false_do_not() -> None:
    assert answers(FALSE) == dict.fromkeys(FALSE, False)


def test_numbers_without_a_known_check_digit_are_not_called_false() -> None:
    assert answers(UNKNOWN) == dict.fromkeys(UNKNOWN, True)


@pytest.mark.parametrize("number", PUBLISHED)
def test_a_slip_in_one_digit_is_found(number: str) -> None:
    places = [found.start() for found in re.finditer("[0-9]", number)]
    if number.startswith(("NL", "SE")):  # the unit of a company is not under the check digit
        places = [at for at in places if at < 11]
    slips = [
        f"{number[:at]}{digit}{number[at + 1 :]}"
        for at in places
        for digit in "0123456789"
        if digit != number[at]
    ]
    found = answers(slips)
    missed = [slip for slip, is_right in found.items() if is_right]
    # Another form has another check, or none; Dutch numbers have two ways to be right.
    assert len(missed) <= 0.12 * len(slips), missed


def test_a_number_that_is_null_says_nothing() -> None:
    with duckdb.connect() as connection:
        query = f"select {has_no_false_check_digit('n')} from (select null::varchar as n)"
        assert connection.execute(query).fetchall() == [(True,)]

from __future__ import annotations

import random

import duckdb
import pytest

from data.generator.tax_numbers import tax_number
from workspace.matching.vat_numbers import has_no_false_check_digit


@pytest.mark.parametrize("country", ["DE", "FR", "NL", "GB"])
def test_the_demos_companies_have_numbers_that_check_out(country: str) -> None:
    drawn = random.Random(7)
    numbers = [tax_number(country, drawn.randrange(10**8, 10**9)) for _ in range(500)]
    with duckdb.connect() as connection:
        false = connection.execute(
            f"select n from (select unnest(?::varchar[]) as n) "
            f"where not {has_no_false_check_digit('n')}",
            [numbers],
        ).fetchall()
        slips = connection.execute(
            f"select count(*) from (select unnest(?::varchar[]) as n) "
            f"where not {has_no_false_check_digit('n')}",
            [[number.replace("4", "5", 1) for number in numbers if "4" in number]],
        ).fetchall()
    assert false == []
    assert slips[0][0] > 300

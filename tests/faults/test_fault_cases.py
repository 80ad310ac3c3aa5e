"""Every fault of a delivered file has its case: in a table here, or in a test that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.delivery_faults import FAULTS as DELIVERIES
from tests.faults.file_faults import CASES as FILES
from tests.faults.test_format_faults import FAULTS as FORMATS
from tests.faults.test_replacement_faults import CASES as REPLACEMENTS
from tests.faults.test_time_faults import CASES as TIMES
from tests.faults.test_unit_and_currency_faults import CASES as UNITS

NUMBERS = {*range(1, 75), 79, 80, 81, 85, *range(89, 95)}
# Cases whose subject is not a file: the test that holds them.
ELSEWHERE: dict[int, tuple[str, str]] = {
    71: (
        "tests/dbt_project/test_returns.py",
        "test_more_returned_than_sold_is_flagged_and_stops_nothing",
    ),
    79: (
        "tests/dbt_project/test_fiscal_periods.py",
        "test_a_posting_whose_day_no_period_holds_stops_the_night",
    ),
    80: (
        "tests/workspace/test_calendars.py",
        "test_written_periods_that_are_no_calendar_are_refused_at_their_row",
    ),
}


def test_every_case_is_held() -> None:
    held = {
        *(case.number for case in FILES),
        *(case.number for case in TIMES),
        *(case.number for case in UNITS),
        *(fault.case for fault in DELIVERIES),
        *(fault.case for fault in FORMATS),
        *(case.number for case in REPLACEMENTS),
    }
    assert {*held, *ELSEWHERE} >= NUMBERS
    assert not held & {*ELSEWHERE}


@pytest.mark.parametrize("number", ELSEWHERE)
def test_a_case_that_is_held_elsewhere_is_there(number: int, root: Path) -> None:
    file, test = ELSEWHERE[number]
    assert f"def {test}(" in (root / file).read_text(encoding="utf-8")

"""calendars.yml: what it may say, and where it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.calendars.fiscal import MonthRule, NamedAfter, WeekRule, YearEnd
from tests.workspace.calendar_company import CONFIGURED, PERIODS, company
from workspace.calendars import read_calendars
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.folder import open_workspace


def refused(folder: Path) -> list[TierwiseError]:
    with pytest.raises(ConfigurationErrors) as caught:
        read_calendars(folder, ("erp",))
    return caught.value.errors


def test_without_a_file_all_systems_close_by_calendar_month(tmp_path: Path) -> None:
    calendars = read_calendars(company(tmp_path, None), ("erp", "wms"))
    assert calendars.fiscal == {"calendar_months": MonthRule()}
    assert [unit.systems for unit in calendars.file.business_units] == [("erp", "wms")]
    assert calendars.files == ()


def test_calendars_and_the_rows_they_name_decide_what_a_night_is(tmp_path: Path) -> None:
    calendars = read_calendars(company(tmp_path), ("erp",))
    names = [file.relative_to(tmp_path).as_posix() for file in calendars.files]
    assert names == ["calendars.yml", "reference/holidays.csv", "reference/periods.csv"]


def test_our_own_demo_closes_by_rows_that_a_rule_would_give(root: Path) -> None:
    """The American 4-4-5 as written down is the rule that its description states."""
    written = open_workspace(root / "data" / "demo").calendars.fiscal["south_445"]
    rule = WeekRule(
        pattern=(4, 4, 5),
        weekday=7,
        month=1,
        year_end=YearEnd.NEAREST,
        named_after=NamedAfter.START,
    )
    assert isinstance(written, tuple)
    years = sorted({period.year for period in written})
    assert list(written) == [period for year in years for period in rule.periods(year)]


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("2026-01-29", "2026-01-31", "CONFIG_CALENDAR_GAP", 3, "2026-01-29 to 2026-01-30"),
        ("2026-01-29", "2026-01-28", "CONFIG_CALENDAR_OVERLAP", 3, "ends on 2026-01-28"),
        ("2026,2,", "2026,3,", "CONFIG_VALUE", 3, "FY2026 P03 follows FY2026 P01"),
        ("2026-03-01", "2026-01-05", "CONFIG_VALUE", 3, "before it starts"),
        ("written,2026,1,2026-01-01", "written,2026,1,01.01.2026", "CONFIG_VALUE", 2, "01.01.2026"),
        ("written,2026,2,", "written,FY26,2,", "CONFIG_VALUE", 3, "`FY26` is no whole number"),
        ("2026-03-01\n", "2026-03-01,x\n", "CONFIG_VALUE", 3, "6 fields, the header 5"),
        ("start_date", "begin", "CONFIG_VALUE", 1, "must be fiscal_calendar_id"),
    ],
)
def test_written_periods_that_are_no_calendar_are_refused_at_their_row(
    tmp_path: Path, old: str, new: str, code: str, line: int, words: str
) -> None:
    (fault,) = refused(company(tmp_path, periods=PERIODS.replace(old, new, 1)))
    assert (fault.code, fault.exit) == (code, 2)
    assert fault.place == f"{tmp_path / 'reference' / 'periods.csv'}:{line}:1"
    assert words in fault.cause


def test_a_calendar_without_rows_or_file_is_refused(tmp_path: Path) -> None:
    none = refused(company(tmp_path, periods=PERIODS.replace("written", "another")))
    assert [fault.code for fault in none] == ["CONFIG_REFERENCE"]
    (tmp_path / "reference" / "periods.csv").unlink()
    assert [fault.code for fault in refused(tmp_path)] == ["CONFIG_MISSING"]
    (tmp_path / "reference" / "periods.csv").write_bytes(b"\xff\xfe\x00")
    assert [fault.code for fault in refused(tmp_path)] == ["CONFIG_VALUE"]


@pytest.mark.parametrize(("place", "wrong"), [("DE", "AT"), ("HH", "BW")])
def test_a_country_or_a_part_of_it_without_holidays_is_refused(
    tmp_path: Path, place: str, wrong: str
) -> None:
    text = CONFIGURED.replace(f": {place}", f": {wrong}")
    (fault,) = refused(company(tmp_path, text))
    assert (fault.code, wrong in fault.cause) == ("CONFIG_REFERENCE", True)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kind: rows", "kind: row", "CONFIG_VALUE"),
        ("periods.csv", "../periods.csv", "CONFIG_VALUE"),
        ("Europe/Berlin", "Europe/Berlyn", "CONFIG_VALUE"),
        ("weekend: [7]", "weekend: [8]", "CONFIG_VALUE"),
        ("  default: {}\n", "", "CONFIG_VALUE"),
        ("holidays: holidays.csv\n", "", "CONFIG_VALUE"),
        ("country: DE}", "countri: DE}", "CONFIG_UNKNOWN_KEY"),
        ("erp:S1", "S1", "CONFIG_VALUE"),
    ],
)
def test_a_value_that_says_nothing_is_refused(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    faults = refused(company(tmp_path, CONFIGURED.replace(old, new, 1)))
    assert [fault.code for fault in faults] == [code]
    assert all("calendars.yml:" in fault.place for fault in faults)

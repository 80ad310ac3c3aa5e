"""Days and instants in delivered text: placeholders, serials, offsets, and changes of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.config.file_format import Column, Format
from workspace.ingest.parsing import parsed, stated

BERLIN = Format(time_zone="Europe/Berlin", timestamp_format="%Y-%m-%d %H:%M")
OFFSET = Format(timestamp_format="%Y-%m-%dT%H:%M:%S%z")


@cache
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def read(text: str, kind: str, dialect: Format, **column: object) -> object:
    spec = Column.model_validate({"type": kind, **column})
    query = (
        f"select {parsed('t', spec, dialect)}, {stated('t', spec, dialect)} from (select $1 as t)"
    )
    ((value, said),) = engine().execute(query, [text]).fetchall()
    return "absent" if said is None else value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("00000000", "%Y%m%d"),
        ("31.12.9999", "%d.%m.%Y"),
        ("2154-12-31", "%Y-%m-%d"),
        ("1900-01-00", "%Y-%m-%d"),
        ("01.01.1900", "%d.%m.%Y"),
        ("05/03/26", "%d/%m/%Y"),  # strptime reads the year 26
    ],
)
def test_a_placeholder_is_no_day_unless_the_contract_says_what_it_means(
    text: str, wanted: str
) -> None:
    dialect = Format(date_format=wanted)
    assert read(text, "date", dialect) is None
    assert read(text, "date", dialect, null_words=[text]) == "absent"


@pytest.mark.parametrize(
    ("text", "wanted", "day"),
    [
        ("61", "excel", date(1900, 3, 1)),
        ("60", "excel", None),  # 29 February 1900, which there was not
        ("0", "excel", None),
        ("45292", "excel", date(2024, 1, 1)),
        ("45292.0", "excel", date(2024, 1, 1)),
        ("45292.5", "excel", None),
        ("43830", "excel_1904", date(2024, 1, 1)),
        ("2024-01-01", "excel", None),
        ("-5", "excel", None),
        ("99999999", "excel", None),
    ],
)
def test_excel_serials_are_read_where_they_are_declared(
    text: str, wanted: str, day: date | None
) -> None:
    assert read(text, "date", Format(date_format=wanted)) == day


def test_an_excel_serial_has_a_time_of_day_to_the_millisecond() -> None:
    comma = Format(timestamp_format="excel", decimal_mark=",")
    assert read("45292,75", "timestamp", comma) == datetime(2024, 1, 1, 18)
    assert read("45292,333333333", "timestamp", comma) == datetime(2024, 1, 1, 8)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T00:30:00+02:00", datetime(2026, 2, 28, 22, 30)),
        ("2026-03-01T00:30:00-0530", datetime(2026, 3, 1, 6, 0)),
        ("2026-03-01T00:30:00Z", datetime(2026, 3, 1, 0, 30)),
        ("2026-03-01T00:30:00", None),
    ],
)
def test_offsets_of_any_kind_become_utc(text: str, instant: datetime | None) -> None:
    assert read(text, "timestamp", OFFSET) == instant


def test_an_hour_that_the_clocks_skip_is_no_instant() -> None:
    assert read("2026-03-29 01:59", "timestamp", BERLIN) == datetime(2026, 3, 29, 0, 59)
    assert read("2026-03-29 02:30", "timestamp", BERLIN) is None
    assert read("2026-03-29 03:00", "timestamp", BERLIN) == datetime(2026, 3, 29, 1, 0)


@pytest.mark.parametrize(
    ("rule", "instant"),
    [
        ("earlier", datetime(2026, 10, 25, 0, 30)),
        ("later", datetime(2026, 10, 25, 1, 30)),
        ("refuse", None),
    ],
)
def test_an_hour_that_the_clocks_repeat_is_read_by_rule(
    rule: str, instant: datetime | None
) -> None:
    assert read("2026-10-25 02:30", "timestamp", BERLIN, repeated_hour=rule) == instant
    assert read("2026-10-25 03:30", "timestamp", BERLIN, repeated_hour=rule) == datetime(
        2026, 10, 25, 2, 30
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("rule", ["earlier", "later"])
@given(instant=st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)))
def test_clocks_are_read_as_the_iana_data_say(zone: str, rule: str, instant: datetime) -> None:
    clock = instant.replace(microsecond=0)
    fold = int(rule == "later")
    at = clock.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
    is_shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == clock
    expected = at.replace(tzinfo=None) if is_shown else None
    found = read(
        f"{clock:%Y-%m-%d %H:%M:%S}", "timestamp", Format(), time_zone=zone, repeated_hour=rule
    )
    assert found == expected


@pytest.mark.parametrize("minutes", range(0, 180, 15))
def test_a_repeated_half_hour_is_read_by_rule_too(minutes: int) -> None:
    zone = ZoneInfo("Australia/Lord_Howe")  # clocks go back by 30 minutes on 5 April 2026
    clock = datetime(2026, 4, 5, 0, 30) + timedelta(minutes=minutes)
    text = f"{clock:%Y-%m-%d %H:%M:%S}"
    for fold, rule in enumerate(("earlier", "later")):
        expected = clock.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(tzinfo=None)
        found = read(
            text, "timestamp", Format(), time_zone="Australia/Lord_Howe", repeated_hour=rule
        )
        assert found == expected


@given(text=st.text(alphabet="0123456789-+:.,/ TZz", max_size=24))
def test_no_text_stops_a_night(text: str) -> None:
    excel = Format(timestamp_format="excel", date_format="excel_1904", time_zone="Asia/Tokyo")
    for dialect in (Format(), OFFSET, BERLIN, excel):
        read(text, "date", dialect)
        read(text, "timestamp", dialect)

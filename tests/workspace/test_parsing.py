from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.config.file_format import Column, Format
from workspace.ingest.parsing import identifier, literal, parsed, stated

POINT = Format()
GROUPED = Format(thousands_mark=",")
COMMA = Format(decimal_mark=",", thousands_mark=".")
SPACED = Format(decimal_mark=",", thousands_mark="\u00a0")


@cache
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def parse(text: str | None, kind: str, dialect: Format = POINT, **column: object) -> object:
    spec = Column.model_validate({"type": kind, **column})
    query = f'select {parsed("a b", spec, dialect)} from (select $1 as "a b")'
    ((value,),) = engine().execute(query, [text]).fetchall()
    return value


@pytest.mark.parametrize(
    ("text", "dialect", "number"),
    [
        ("155.22", POINT, "155.22"),
        (" 155.22 ", POINT, "155.22"),
        ("155", POINT, "155"),
        ("0155", POINT, "155"),
        (".5", POINT, "0.5"),
        ("5.", POINT, "5"),
        ("+5", POINT, "5"),
        ("-5", POINT, "-5"),
        ("5-", POINT, "-5"),
        ("(100)", POINT, "-100"),
        ("-0", POINT, "0"),
        ("1,234.5", GROUPED, "1234.5"),
        ("1234.5", GROUPED, "1234.5"),
        ("1.234,56", COMMA, "1234.56"),
        ("1.234.567", COMMA, "1234567"),
        ("155,22-", COMMA, "-155.22"),
        ("(1.234,5)", COMMA, "-1234.5"),
        ("1\u00a0234,5", SPACED, "1234.5"),
        ("9" * 28, POINT, "9" * 28),
    ],
)
def test_numbers_are_read_as_the_contract_says(text: str, dialect: Format, number: str) -> None:
    assert parse(text, "decimal", dialect) == Decimal(number)
    assert parse(text, "rate", dialect) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("1,234", POINT),
        ("1.234", Format(decimal_mark=",")),
        ("12.34", COMMA),
        ("1.23.456", COMMA),
        ("1.234.56,7", COMMA),
        ("1,2,3", COMMA),
        ("1,5", GROUPED),
        ("1 234", POINT),
        ("10€", POINT),
        ("1e3", POINT),
        ("1e400", POINT),
        ("0x1F", POINT),
        ("NaN", POINT),
        ("inf", POINT),
        ("-Infinity", POINT),
        ("(5", POINT),
        ("5)", POINT),
        ("-(5)", POINT),
        ("-5-", POINT),
        ("--5", POINT),
        ("-", POINT),
        (".", POINT),
        ("1_000", POINT),
        ("١٢", POINT),
        ("9" * 40, POINT),
    ],
)
def test_a_number_in_another_format_is_no_number(text: str, dialect: Format) -> None:
    assert parse(text, "decimal", dialect) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("42", 42), ("-42", -42), ("42-", -42), ("007", 7), ("1.0", None), ("9" * 20, None)],
)
def test_integers_have_no_fraction(text: str, value: int | None) -> None:
    assert parse(text, "integer") == value


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_number_written_in_a_format_is_read_back(number: Decimal) -> None:
    text = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert parse(text, "decimal", COMMA) == number


@pytest.mark.parametrize(
    ("text", "wanted", "day"),
    [
        ("2026-06-30", "%Y-%m-%d", date(2026, 6, 30)),
        ("30.06.2026", "%d.%m.%Y", date(2026, 6, 30)),
        ("06/07/2026", "%m/%d/%Y", date(2026, 6, 7)),
        ("06/07/2026", "%d/%m/%Y", date(2026, 7, 6)),
        ("20260630", "%Y%m%d", date(2026, 6, 30)),
        (" 20260630 ", "%Y%m%d", date(2026, 6, 30)),
        ("2024-02-29", "%Y-%m-%d", date(2024, 2, 29)),
        ("2023-02-29", "%Y-%m-%d", None),
        ("29.02.2100", "%d.%m.%Y", None),
        ("2026630", "%Y%m%d", None),
        ("5.3.2026", "%d.%m.%Y", date(2026, 3, 5)),
        ("2026-02-29", "%Y-%m-%d", None),
        ("2026-13-01", "%Y-%m-%d", None),
        ("1900-01-00", "%Y-%m-%d", None),
        ("00000000", "%Y%m%d", None),
        ("30.06.2026", "%Y-%m-%d", None),
        ("2026-06-30 12:00:00", "%Y-%m-%d", None),
        ("46203", "%Y-%m-%d", None),
        ("today", "%Y-%m-%d", None),
    ],
)
def test_dates_are_read_in_the_declared_format_and_never_guessed(
    text: str, wanted: str, day: date | None
) -> None:
    assert parse(text, "date", Format(date_format=wanted)) == day
    assert parse(text, "date", Format(date_format="%j"), format=wanted) == day


def test_timestamps_have_a_format_of_their_own() -> None:
    assert parse("2026-06-30 02:30:00", "timestamp") == datetime(2026, 6, 30, 2, 30)
    dialect = Format(timestamp_format="%d.%m.%Y %H:%M")
    assert parse("30.06.2026 02:30", "timestamp", dialect) == datetime(2026, 6, 30, 2, 30)
    assert parse("30.06.2026", "timestamp", dialect) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("J", True),
        ("j", True),
        (" X ", True),
        ("N", False),
        ("", False),
        (None, False),
        ("1", None),
    ],
)
def test_booleans_are_the_words_the_contract_lists(text: str | None, *, value: bool | None) -> None:
    dialect = Format(true_words=("J", "X"), false_words=("N", ""))
    assert parse(text, "boolean", dialect) is value


@pytest.mark.parametrize("text", ["", "   ", "NULL", " NULL ", "#N/A", "0000"])
def test_the_words_for_null_are_null_in_every_type(text: str) -> None:
    dialect = Format(null_words=("NULL", "#N/A", "0000"))
    for kind in ("text", "integer", "decimal", "rate", "date", "timestamp", "boolean"):
        assert parse(text, kind, dialect) is None


def test_a_column_has_its_own_words_for_null() -> None:
    dialect = Format(null_words=("NULL",))
    assert parse("NULL", "text", dialect, null_words=["-"]) == "NULL"
    assert parse("-", "text", dialect, null_words=["-"]) is None
    assert parse("null", "text", dialect) == "null"


def test_text_is_kept_as_delivered() -> None:
    assert parse("  00042 ", "text") == "  00042 "


@given(st.text(max_size=20))
def test_names_and_values_are_quoted_for_sql(text: str) -> None:
    name = text.replace("\0", "") or "x"
    result = engine().execute(f"select {literal(name)} as {identifier(name)}")
    assert result.description[0][0] == name
    assert result.fetchall() == [(name,)]


def test_a_null_word_cannot_leave_its_quotes() -> None:
    dialect = Format(null_words=("'); drop table x; --",))
    query = f"select {stated('a', Column(), dialect)} from (select $1 as a)"
    assert engine().execute(query, ["'); drop table x; --"]).fetchall() == [(None,)]

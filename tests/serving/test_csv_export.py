"""An export shows what was delivered, and a spreadsheet has nothing in it to run."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.csv_export import csv_text

SIGNS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def cells(frame: pl.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text(frame), newline="")))


@pytest.mark.parametrize("sign", SIGNS)
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(sign: str) -> None:
    text = f'{sign}HYPERLINK("http://example.com","x")'
    assert cells(pl.DataFrame({"name": [text, f"a{text}"]}))[1:] == [[f"'{text}"], [f"a{text}"]]


@given(st.lists(st.text(), min_size=1))
def test_every_other_text_comes_out_as_it_is(texts: list[str]) -> None:
    frame = pl.DataFrame({"n": range(len(texts)), "text": texts})
    expected = [f"'{text}" if text[:1] and text[0] in SIGNS else text for text in texts]
    assert [row[1] for row in cells(frame)[1:]] == expected


def test_numbers_and_dates_keep_their_sign_and_form() -> None:
    frame = pl.DataFrame(
        {
            "amount": pl.Series([Decimal("-1.50"), None], dtype=pl.Decimal(18, 4)),
            "ratio": [-0.5, None],
            "day": [date(2026, 6, 30), None],
            "at": [datetime(2026, 6, 30, 1, 2, 3), None],
            "is_new": [True, None],
        }
    )
    assert cells(frame)[1:] == [
        ["-1.5000", "-0.5", "2026-06-30", "2026-06-30T01:02:03.000000", "true"],
        ["", "", "", "", ""],
    ]


def test_a_column_named_like_a_formula_is_guarded_and_nested_values_are_json() -> None:
    frame = pl.DataFrame({"=a": [[1, 2], None], "b": [{"c": "=x"}, None], "d": [b"\x01", None]})
    assert cells(frame) == [["'=a", "b", "d"], ["[1, 2]", '{"c": "=x"}', "01"], ["", "", ""]]


def test_a_frame_without_rows_has_its_header() -> None:
    assert csv_text(pl.DataFrame(schema={"a": pl.String, "b": pl.Int64})) == "a,b\n"

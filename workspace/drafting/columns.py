"""What a column's values are: the type they parse as, by the very rules of ingest, and what not.

Every distinct value is tried against every type and format with the SQL that ingest itself uses,
so that what a draft calls a date is a date on the night.
"""

from __future__ import annotations

import re

import duckdb

from workspace.config.file_format import Column, ColumnType, Format
from workspace.drafting.codes import note_on_codes
from workspace.drafting.dates import date_of
from workspace.drafting.names import is_flagging, is_identifying, is_measuring
from workspace.drafting.values import Found, Values, absent_words, remarks, values_of

MARKS: tuple[tuple[str, str | None], ...] = (
    (".", None), (",", None), (".", ","), (",", "."), (",", " "), (",", "\u00a0"), (".", "'"),
)  # fmt: skip
YES_NO = (
    ("1", "0"), ("true", "false"), ("t", "f"), ("y", "n"), ("yes", "no"), ("j", "n"), ("x", ""),
)  # fmt: skip
MOSTLY = 0.9
LONGEST_NUMBER = 15
MANGLED = re.compile(r"\d(\.\d+)?[eE]\+\d+")


def find(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> Found:
    """Return what a column of a table of text is."""
    values = values_of(connection, table, name)
    tried = (_nothing, _yes_or_no, date_of, _number)
    found = next((found for attempt in tried if (found := attempt(values))), None) or _text(values)
    facts = {"filled": values.count, "distinct": values.distinct, "longest": values.longest}
    return Found(**{**vars(found), **facts, "examples": tuple(v for v, _ in values.shown[:3])})


def _nothing(values: Values) -> Found | None:
    return None if values.count else Found(name=values.name, notes=("always empty",))


def _yes_or_no(values: Values) -> Found | None:
    words = {word.lower() for word, _ in values.shown}
    if len(words) > 2:
        return None
    for yes, no in YES_NO:
        both = words == {yes, no} or (no == "" and words == {yes})
        if both or (words <= {yes, no} and is_flagging(values.name)):
            says_other = is_measuring(values.name) or is_identifying(values.name)
            if (yes, no) == ("1", "0") and says_other and not is_flagging(values.name):
                return None
            written = {word.lower(): word for word, _ in values.shown}
            pair = (written.get(yes, yes), written.get(no, no))
            return Found(name=values.name, type="boolean", yes_no=pair)
    return None


def _number(values: Values) -> Found | None:
    counts = {marks: values.parsing(Column(type="decimal"), _format(marks)) for marks in MARKS}
    best = max(counts.values())
    if not best:
        return None
    marks = next(marks for marks in MARKS if counts[marks] == best)
    others = values.not_parsing(Column(type="decimal"), _format(marks))
    words = absent_words(values, others, best)
    rest = values.count - best - sum(n for v, n in others if v in words)
    if rest > values.count * (1 - MOSTLY):
        kinds = f"{best:,} numbers and {values.count - best:,} other texts: left as text"
        return Found(name=values.name, notes=(kinds,)) if best > values.count * 0.2 else None
    if values.matching(r"0\d+") and not is_measuring(values.name):
        return Found(name=values.name, notes=("leading zeros: kept as text",))
    whole = values.parsing(Column(type="integer"), _format(marks)) == best
    if (
        whole
        and not is_measuring(values.name)
        and (is_identifying(values.name) or values.longest > LONGEST_NUMBER)
    ):
        return Found(name=values.name, null_words=())
    kind: ColumnType = "integer" if whole and not is_measuring(values.name) else "decimal"
    notes = list(remarks(values, Column(type=kind, null_words=words), _format(marks), rest))
    notes += _doubtful_marks(values, marks, best)
    return Found(
        name=values.name, type=kind, marks=None if whole and marks == MARKS[0] else marks,
        null_words=words, notes=tuple(notes),
    )  # fmt: skip


def _doubtful_marks(values: Values, marks: tuple[str, str | None], parsing: int) -> list[str]:
    """Say when the values do not tell decimals from groups: 1.234 everywhere."""
    mark = marks[0]
    threes = values.matching(rf"[-+]?\d{{1,3}}[{mark}]\d{{3}}")
    if threes and threes == values.matching(rf".*[{mark}].*") and parsing:
        return [f"each `{mark}` stands before three digits: decimals or thousands? choose"]
    return []


def _format(marks: tuple[str, str | None]) -> Format:
    return Format(decimal_mark=marks[0], thousands_mark=marks[1])


def _text(values: Values) -> Found:
    notes = note_on_codes(values)
    if values.matching(r"0\d+"):
        notes.append("leading zeros: kept as text")
    if any(MANGLED.fullmatch(value) for value, _ in values.shown):
        notes.append("written as 4.0E+12: a spreadsheet has lost digits of these")
    return Found(name=values.name, notes=tuple(notes))

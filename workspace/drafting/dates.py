"""Dates: which format reads a column, and what its values leave open."""

from __future__ import annotations

import re

from workspace.config.file_format import Column, ColumnType, Format
from workspace.drafting.values import Found, Values, absent_words, remarks

DATES = (
    "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d",
    "%Y.%m.%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d %Y",
    "%b %d, %Y", "%d %B %Y",
)  # fmt: skip
TIMES = (
    "%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S%z", "%H:%M:%S.%f%z",
)  # fmt: skip
# A day and a month of the same shape, so that values up to 12 do not tell which is which.
TWINS = (("%d/%m/", "%m/%d/"), ("%d-%m-", "%m-%d-"))
DIGITS_OF_A_DATE = re.compile(r"\d.*\d", re.DOTALL)
MOSTLY = 0.9


def date_of(values: Values) -> Found | None:
    """Return what a column of dates is; nothing where it is none."""
    if not any(
        DIGITS_OF_A_DATE.search(value) and len(value) >= 6 for value, _ in values.shown[:50]
    ):
        return None
    counts = {
        (kind, form): number
        for kind, form in _formats(values)
        if values.may_parse(Column(type=kind, format=form), Format())
        and (number := values.parsing(Column(type=kind, format=form), Format()))
    }
    if not counts:
        return None
    best = max(counts, key=lambda tried: (counts[tried], -_formats(values).index(tried)))
    mixed = [t for t in counts if t[0] == best[0] and not _are_twins(t[1], best[1])]
    column = Column(type=best[0], format=best[1])
    others = values.not_parsing(column, Format())
    words = absent_words(values, others, counts[best])
    rest = values.count - counts[best] - sum(n for v, n in others if v in words)
    second = max((counts[t] for t in mixed if t != best), default=0)
    if rest > 0 and second > rest / 2 and counts[best] + second > values.count * 0.3:
        kinds = sorted(
            (t for t in mixed if counts[t] > values.count / 100), key=lambda t: -counts[t]
        )
        said = ", ".join(f"{form} ({counts[kind, form]:,})" for kind, form in kinds[:4])
        note = f"several date formats in one column: {said}: left as text, for a mapping to tell"
        return Found(name=values.name, notes=(note,))
    if rest > values.count * (1 - MOSTLY):
        return None
    twins = [form for kind, form in counts if kind == best[0] and _are_twins(form, best[1])]
    tied = [form for form in twins if counts[best[0], form] == counts[best]]
    return _dated(values, best, words, rest, tied)


def _dated(
    values: Values,
    best: tuple[ColumnType, str],
    words: tuple[str, ...],
    rest: int,
    tied: list[str],
) -> Found:
    kind, form = best
    notes: list[str] = []
    choices = tuple(sorted({form, *tied})) if tied else ()
    if choices:
        notes.append("all days are 12 or less: day first or month first cannot be told; choose")
    if "%y" in form:
        notes.append("years of two digits: 69 to 99 are read as 1969 to 1999")
    notes += remarks(values, Column(type=kind, format=form, null_words=words), Format(), rest)
    return Found(
        name=values.name, type=kind, format=form, choices=choices, null_words=words,
        notes=tuple(notes),
    )  # fmt: skip


def _formats(values: Values) -> list[tuple[ColumnType, str]]:
    """Return types and formats to try: a midnight throughout is a day."""
    dates: list[tuple[ColumnType, str]] = [("date", form) for form in DATES]
    sample = [value for value, _ in values.shown[:200]]
    if not any(":" in value for value in sample):
        return dates
    joined = "T" if any(re.match(r"\d{4}-\d\d-\d\dT", value) for value in sample) else " "
    timed = [f"{form}{joined}{time}" for form in DATES for time in TIMES]
    midnight = values.matching(r".*\d[ T](00:00(:00(\.0+)?)?|12:00(:00)? AM)(Z|[+-]00:?00)?")
    is_day = midnight > values.count * MOSTLY
    return [("date" if is_day else "timestamp", form) for form in timed]


def _are_twins(one: str, other: str) -> bool:
    return any(
        one.startswith(a) and other.startswith(b) and one[len(a) :] == other[len(b) :]
        for pair in TWINS
        for a, b in (pair, pair[::-1])
    )

"""Broken records, planted on purpose, with the code each must be found under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.generator.writing import BROKEN_BYTE, Dialect

Fields = list[str]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Which fields of a record can be broken, by position; None where the kind makes no sense.

    `odd_products` are one whose factors contradict each other and one without any, `case_code` the
    unit that neither can be converted from. Records with something in column `flag` are left
    alone: their contract skips them anyway.
    `conflicts` is false where a contract settles repeated keys itself.
    """

    key: int
    number: int | None = None
    date: int
    text: int
    product: int | None = None
    unit: int | None = None
    odd_products: tuple[str, str] = ("", "")
    conflicts: bool = True
    width: int
    flag: str | None = None
    case_code: str = ""
    new_key: Callable[[int], str]


def _changed(fields: Fields, at: int, value: str) -> Fields:
    return [*fields[:at], value, *fields[at + 1 :]]


def _broken(kind: str, fields: Fields, shape: Shape, dialect: Dialect) -> list[Fields]:
    """Return the record, or records, that a kind of defect makes of a good one."""
    text = fields[shape.text]
    if kind == "short":
        return [fields[:-1]]
    if kind == "long":
        return [[*fields, ""]]
    if kind == "conflict":
        return [fields, _changed(fields, shape.text, f"{text} 2")]
    if kind == "total":
        empty = ["TOTAL"] + [""] * (shape.width - 1)
        if shape.number is None:
            return [_changed(empty, shape.width - 1, "1")]
        return [_changed(empty, shape.number, fields[shape.number])]
    if kind in UNIT_KINDS[1:]:
        assert shape.product is not None
        assert shape.unit is not None
        product = shape.odd_products[kind == "no_factor"]
        return [_changed(_changed(fields, shape.product, product), shape.unit, shape.case_code)]
    at, value = {
        "bad_number": lambda: (shape.number, dialect.bad_number),
        "bad_date": lambda: (shape.date, dialect.bad_date),
        "no_key": lambda: (shape.key, ""),
        "orphan": lambda: (shape.product, "UNKNOWN-0000"),
        "negative": lambda: (shape.number, f"-{fields[shape.number or 0]}"),
        "unknown_unit": lambda: (shape.unit, "BARREL"),
        "future": lambda: (shape.date, _ten_years_on(fields[shape.date])),
        "nul": lambda: (shape.text, f"{text}\0"),
        "bytes": lambda: (shape.text, f"{text}{BROKEN_BYTE}"),
    }[kind]()
    assert at is not None
    return [_changed(fields, at, value)]


CODES = {
    "bad_number": "ROW_TYPE",
    "bad_date": "ROW_TYPE",
    "no_key": "ROW_KEY_NULL",
    "short": "ROW_ARITY",
    "long": "ROW_ARITY",
    "conflict": "ROW_KEY_DUP",
    "twin": "ROW_DUPLICATE",
    "orphan": "ROW_ORPHAN",
    "negative": "ROW_RANGE",
    "future": "ROW_DATE_FUTURE",
    "total": "ROW_TOTAL_LINE",
    "nul": "ROW_NUL",
    "bytes": "ROW_ENCODING",
    "unit": "ROW_UOM",
}
# a defect of units is each of these in turn
UNIT_KINDS = ("unknown_unit", "no_factor", "contradiction")


def _ten_years_on(day: str) -> str:
    return f"{day[:-4]}{int(day[-4:]) + 10}"


def kinds(shape: Shape, dialect: Dialect) -> tuple[str, ...]:
    """Return the kinds of defect that records of a shape and dialect can have."""
    absent = set()
    if shape.number is None:
        absent |= {"bad_number", "negative"}
    if shape.product is None:
        absent |= {"orphan", "future"}
    if shape.unit is None:
        absent |= {"unit"}
    if not shape.conflicts:
        absent |= {"conflict", "twin"}
    if dialect.encoding != "utf-8":
        absent |= {"bytes"}
    return tuple(kind for kind in CODES if kind not in absent)


class Spoiler:
    """Plants defects among the records of one extract.

    Only the copy is broken, under a number of its own, so that no true record is lost; a twin is
    an exact repetition of a true record.
    """

    def __init__(self, shape: Shape, dialect: Dialect, share: float) -> None:
        """`share` is the part of the records that each kind of defect is planted beside."""
        self._shape = shape
        self._dialect = dialect
        self._share = share
        self._kinds = kinds(shape, dialect)
        self._made = 0

    def by_share(
        self, random: np.random.Generator, frame: pl.DataFrame, texts: pl.Series
    ) -> pl.DataFrame:
        """Plant each kind among records with the configured share."""
        counts = random.binomial(frame.height, self._share, len(self._kinds))
        planted = [kind for kind, n in zip(self._kinds, counts, strict=True) for _ in range(n)]
        return self._mixed(random, frame, texts, planted)

    def in_turn(
        self, random: np.random.Generator, frame: pl.DataFrame, texts: pl.Series
    ) -> pl.DataFrame:
        """Plant the number that the share gives for all kinds together, one kind after another."""
        count = int(frame.height * self._share * len(self._kinds))
        start = int(random.integers(len(self._kinds)))
        planted = [self._kinds[(start + at) % len(self._kinds)] for at in range(count)]
        return self._mixed(random, frame, texts, planted)

    def _mixed(
        self,
        random: np.random.Generator,
        frame: pl.DataFrame,
        texts: pl.Series,
        planted: Sequence[str],
    ) -> pl.DataFrame:
        """Return all records with `after`, the index of the good record that each one follows."""
        good = pl.DataFrame({"after": np.arange(frame.height), "text": texts}).with_columns(
            kind=pl.lit(None, pl.String), code=pl.lit(None, pl.String)
        )
        if not planted:
            return good
        rows = []
        flag = self._shape.flag
        eligible = np.arange(frame.height)
        if flag is not None:
            eligible = eligible[frame[flag].is_null().to_numpy()]
        anchors = eligible[random.integers(0, max(1, len(eligible)), len(planted))]
        for kind, anchor in zip(planted, anchors.tolist(), strict=True):
            named = self._unit_kind() if kind == "unit" else kind
            rows += [
                (anchor, text, named, CODES[kind])
                for text in self._texts(named, frame, texts, anchor)
            ]
        bad = pl.DataFrame(rows, schema=good.schema, orient="row")
        return pl.concat([good, bad]).sort("after", maintain_order=True)

    def _unit_kind(self) -> str:
        """Return the next of the defects of units, without contradictions where there are none."""
        kinds = UNIT_KINDS if self._shape.odd_products[0] else UNIT_KINDS[:-1]
        return kinds[self._made % len(kinds)]

    def _texts(self, kind: str, frame: pl.DataFrame, texts: pl.Series, anchor: int) -> list[str]:
        if kind == "twin":
            return [texts[anchor]]
        self._made += 1
        fields = [value or "" for value in frame.row(anchor)]
        fields[self._shape.key] = self._shape.new_key(self._made)
        return [
            self._dialect.record(made) for made in _broken(kind, fields, self._shape, self._dialect)
        ]

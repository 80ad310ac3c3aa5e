"""The distinct values of one column, and what may be asked of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from workspace.config.file_format import Column, ColumnType, Format
from workspace.ingest.parsing import identifier, parsed

# What stands for what nobody can know from the values: the check refuses it wherever it stands.
OPEN = "choose"
NULLISH = {
    "null", "n/a", "na", "#n/a", "nan", "none", "nil", "-", "--", "?", "\\n", "(null)", "#value!",
    "00000000", "0000-00-00", "00.00.0000", "unknown", "not available",
}  # fmt: skip
FEW_WORDS = 6
SOME = 5_000


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one column is taken for, and what a reader must know of it."""

    name: str
    type: ColumnType = "text"
    format: str | None = None
    choices: tuple[str, ...] = ()
    marks: tuple[str, str | None] | None = None
    null_words: tuple[str, ...] = ()
    yes_no: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    filled: int = 0
    distinct: int = 0
    longest: int = 0
    examples: tuple[str, ...] = field(default=())

    @property
    def is_date(self) -> bool:
        """Return whether the values are days or instants."""
        return self.type in ("date", "timestamp")


@dataclass(kw_only=True)
class Values:
    """The distinct values of a column, trimmed, with how often each stands there."""

    connection: duckdb.DuckDBPyConnection
    name: str
    count: int
    distinct: int
    longest: int
    shown: list[tuple[str, int]]

    def parsing(self, column: Column, dialect: Format) -> int:
        """Return how many records parse as a type."""
        sql = parsed("v", column, dialect)
        return self._sum(f"{sql} is not null")

    def may_parse(self, column: Column, dialect: Format) -> bool:
        """Return whether any of some thousand values, drawn evenly, parses as a type."""
        sql = parsed("v", column, dialect)
        found = self.connection.execute(f"select count({sql}) from _some").fetchone()
        return bool(found and found[0])

    def not_parsing(self, column: Column, dialect: Format) -> list[tuple[str, int]]:
        """Return the most frequent values that do not parse as a type, with their counts."""
        sql = parsed("v", column, dialect)
        return self.connection.execute(
            f"select v, n from _values where {sql} is null order by n desc, v limit 50"
        ).fetchall()

    def matching(self, pattern: str) -> int:
        """Return how many records match a regular expression as a whole."""
        return self._sum(f"regexp_full_match(v, '{pattern}')")

    def _sum(self, condition: str) -> int:
        found = self.connection.execute(
            f"select coalesce(sum(n), 0) from _values where {condition}"
        )
        row = found.fetchone()
        return int(row[0]) if row else 0


def values_of(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> Values:
    """Return the values of a column; they stand in _values, some in _some, until the next."""
    connection.execute(
        f"create or replace temp table _values as select trim({identifier(name)}) as v, "
        f"count(*) as n from {table} where trim({identifier(name)}) <> '' group by 1"
    )
    connection.execute(
        f"create or replace temp table _some as select v from _values order by hash(v) limit {SOME}"
    )
    row = connection.execute(
        "select coalesce(sum(n), 0), count(*), coalesce(max(length(v)), 0) from _values"
    ).fetchone()
    count, distinct, longest = row or (0, 0, 0)
    shown = connection.execute("select v, n from _values order by n desc, v limit 2000").fetchall()
    return Values(
        connection=connection,
        name=name,
        count=int(count),
        distinct=distinct,
        longest=longest,
        shown=shown,
    )


def absent_words(
    values: Values, others: Sequence[tuple[str, int]], parsing: int
) -> tuple[str, ...]:
    """Return the texts that seem to mean `none` in a column that otherwise parses."""
    nullish = [value for value, _ in others if value.lower() in NULLISH]
    texts = [v for v, n in others if re.search(r"[A-Za-z]{3}", v) and n > 1]
    few = len(texts) <= FEW_WORDS and parsing > values.count * 0.2
    return tuple(dict.fromkeys([*nullish, *(texts if few else [])]))


def remarks(values: Values, column: Column, dialect: Format, rest: int) -> list[str]:
    """Say which values will be quarantined, and which words are read as absent."""
    counted = dict(values.shown)
    notes = []
    if column.null_words:
        said = ", ".join(f"`{word}` {counted.get(word, 0):,} times" for word in column.null_words)
        notes.append(f"read as absent: {said}")
    if rest > 0:
        wrong = [
            v for v, _ in values.not_parsing(column, dialect) if v not in (column.null_words or ())
        ]
        notes.append(
            f"{rest:,} values do not parse and will be quarantined: {', '.join(wrong[:4])}"
        )
    return notes

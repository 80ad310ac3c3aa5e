"""Which columns make a record unique: the fewest, those that look like keys first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import duckdb

from workspace.drafting.names import is_identifying, words_of
from workspace.drafting.values import OPEN, Found
from workspace.ingest.parsing import identifier

MOST_COLUMNS = 3
CANDIDATES = 9
LONGEST_KEY = 60
# Versions of a record, and records that are simply wrong: such a share may repeat a key.
VERSIONED = 0.1
WRONG = 0.005


@dataclass(frozen=True, kw_only=True)
class Key:
    """A candidate key, and what the delivered records say of it."""

    columns: tuple[str, ...]
    latest_by: str | None
    note: str


def key_of(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Found]) -> Key:
    """Return the key to propose; identical records count once, as ingest merges them."""
    connection.execute(f"create or replace temp table _rows as select distinct * from {table}")
    records = _count(connection, "count(*)")
    full = [c for c in sorted(columns, key=_rank) if _may_be_key(c) and c.distinct > 1]
    complete = [c for c in full if _is_complete(connection, c.name, records)]
    dates = [c.name for c in columns if c.is_date]
    versions = _versions(connection, complete, dates, records)
    # Identifiers made by a machine say nothing to people: only where nothing else is unique.
    machine = [c.name for c in complete if "guid" in "".join(words_of(c.name))]
    plain = [c.name for c in complete if c.name not in machine][:CANDIDATES]
    telling = [name for name in plain if is_identifying(name)]
    for width in range(1, MOST_COLUMNS + 1):
        # A day alone is no key, however few records there are.
        names = [n for n in plain if n not in dates] if width == 1 else plain
        found = _unique(connection, names, width, records, allowed=0)
        found = found or (versions if width == 1 else None)
        found = found or _unique(connection, telling, width, records, allowed=records * WRONG)
        if found is not None:
            order = [column.name for column in columns]
            return replace(found, columns=tuple(sorted(found.columns, key=order.index)))
    if unique := _unique(connection, machine, 1, records, allowed=0):
        return unique
    note = f"no {MOST_COLUMNS} columns are unique together: say what makes a record one"
    return Key(columns=(OPEN,), latest_by=None, note=note)


def _unique(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    width: int,
    records: int,
    *,
    allowed: float,
) -> Key | None:
    """Return the first columns of a width that are unique, but for so many records."""
    for tried in combinations(names, width):
        repeated = records - _distinct(connection, tried)
        if repeated <= allowed:
            note = f"unique in all {records:,} different records"
            if repeated:
                note = f"{repeated:,} of {records:,} records repeat it: ROW_KEY_DUP on the night"
            return Key(columns=tried, latest_by=None, note=note)
    return None


def _versions(
    connection: duckdb.DuckDBPyConnection, full: Sequence[Found], dates: Sequence[str], records: int
) -> Key | None:
    """Return a key that nearly every record has alone, where a date tells its versions apart."""
    named = [column for column in full if is_identifying(column.name)]
    most = max((column.distinct for column in named), default=0)
    key = next((column for column in named if column.distinct >= most * (1 - WRONG)), None)
    repeated = records - key.distinct if key else 0
    if key is None or not 0 < repeated <= records * VERSIONED:
        return None
    for date in dates:
        if records - _distinct(connection, (key.name, date)) <= repeated // 2:
            note = f"{repeated:,} records repeat it: the newest by {date} would stay; confirm"
            return Key(columns=(key.name,), latest_by=date, note=note)
    return None


def _may_be_key(column: Found) -> bool:
    return column.type in ("text", "integer", "date") and column.longest <= LONGEST_KEY


def _rank(column: Found) -> bool:
    """Order columns stably: keys by name first, then others."""
    return not is_identifying(column.name)


def _is_complete(connection: duckdb.DuckDBPyConnection, name: str, records: int) -> bool:
    blank = _count(connection, f"count(*) filter (coalesce(trim({identifier(name)}), '') = '')")
    return blank <= records * WRONG


def _distinct(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> int:
    listed = ", ".join(identifier(name) for name in names)
    return _count(connection, f"count(distinct ({listed}))")


def _count(connection: duckdb.DuckDBPyConnection, expression: str) -> int:
    row = connection.execute(f"select {expression} from _rows").fetchone()
    return int(row[0]) if row else 0

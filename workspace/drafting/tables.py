"""One delivered table: the files that bring it, and everything the draft says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from workspace.drafting.candidates import Candidate, PresetTable, entity_of, preset_of
from workspace.drafting.columns import find
from workspace.drafting.keys import Key, key_of
from workspace.drafting.records import Dialect, dialect_of, load
from workspace.drafting.typed_files import TypedFile, typed_file
from workspace.drafting.values import OPEN, Found
from workspace.ingest.parsing import identifier

Heard = Callable[[str], None]
# What dates and parts of years look like at the end of a name: _20260630, _2024H1, _2026-W07.
ENDING_DIGITS = re.compile(r"([\W_]+\d[\d\W_hHqQwWT]*|\d{6,})$")
DATES_IN_NAMES = ((r"\d{4}-\d\d-\d\d", "%Y-%m-%d"), (r"\d{8}", "%Y%m%d"))


@dataclass(frozen=True, kw_only=True)
class Table:
    """What one table's files are, measured."""

    name: str
    path: str
    dialects: tuple[Dialect | TypedFile, ...]
    records: int
    odd: int
    columns: tuple[Found, ...]
    key: Key
    delivery: str
    delivery_note: str
    entity: Candidate | None
    preset: PresetTable | None

    @property
    def dialect(self) -> Dialect | TypedFile:
        """Return how the first file is written; the others of a table are alike."""
        return self.dialects[0]


def grouped(files: Sequence[Path]) -> list[tuple[str, list[Path]]]:
    """Return files by table: names that differ by digits alone are deliveries of one."""
    found: dict[tuple[Path, str], list[Path]] = {}
    for file in files:
        stem = ENDING_DIGITS.sub("", file.stem) or file.stem
        found.setdefault((file.parent, stem), []).append(file)
    named = []
    for (_, stem), group in found.items():
        is_dated = len(group) > 1 or re.search(r"\d{6}$", group[0].stem)
        named.append((stem if is_dated else group[0].stem, sorted(group)))
    repeated = [name for name, _ in named]
    return [
        (name if repeated.count(name) == 1 else f"{group[0].parent.name}_{name}", group)
        for name, group in named
    ]


def measured(name: str, files: Sequence[Path], heard: Heard) -> list[Table]:
    """Measure a table's files; those with another header are a table of their own.

    Raises TierwiseError for a file that cannot be drafted.
    """
    by_header: dict[tuple[str, ...], list[Dialect | TypedFile]] = {}
    for file in files:
        dialect = typed_file(file) or dialect_of(file)
        by_header.setdefault(dialect.header, []).append(dialect)
    return [
        _measured(name if number == 1 else f"{name}_{number}", alike, heard)
        for number, alike in enumerate(by_header.values(), start=1)
    ]


def _measured(name: str, dialects: Sequence[Dialect | TypedFile], heard: Heard) -> Table:
    with duckdb.connect(":memory:") as connection:
        records = odd = 0
        for number, dialect in enumerate(dialects):
            count, uneven = load(connection, dialect, f"file_{number}")
            heard(f"{dialect.file.name}: {count:,} records of {len(dialect.header)} columns")
            records, odd = records + count, odd + uneven
        union = " union all ".join(f"select * from file_{n}" for n in range(len(dialects)))
        connection.execute(f"create table delivered as {union}")
        columns = tuple(find(connection, "delivered", column) for column in dialects[0].header)
        key = key_of(connection, f"file_{len(dialects) - 1}", columns)
        delivery, note = _delivery(connection, len(dialects), key)
        if delivery == "append":
            key = key_of(connection, "delivered", columns)
    return Table(
        name=name,
        path=_path(dialects),
        dialects=tuple(dialects),
        records=records,
        odd=odd,
        columns=columns,
        key=key,
        delivery=delivery,
        delivery_note=note,
        entity=entity_of(name, columns, key.columns),
        preset=preset_of(name, dialects[0].header),
    )


def _delivery(connection: duckdb.DuckDBPyConnection, files: int, key: Key) -> tuple[str, str]:
    """Return how files follow each other: with keys in common each replaces the one before."""
    if files == 1:
        return "full", "one file was given: say append if each file brings other records"
    if key.columns == (OPEN,):
        return "full", "without a key nobody can tell whether files repeat records: choose"
    listed = ", ".join(identifier(column) for column in key.columns)
    parts = " intersect ".join(f"select {listed} from file_{n}" for n in (0, files - 1))
    row = connection.execute(
        f"select (select count(*) from ({parts})), (select count(*) from file_0)"
    ).fetchone()
    common, first = row or (0, 0)
    share = common / max(first, 1)
    if share < 0.1:
        return "append", f"the first and the last of {files} files share {share:.0%} of their keys"
    return "full", f"the last of {files} files has {share:.0%} of the first one's keys again"


def _path(dialects: Sequence[Dialect | TypedFile]) -> str:
    """Return the path: a date in the names stands in braces, other differences are a star."""
    names = [dialect.file.name for dialect in dialects]
    folder = dialects[0].file.parent.name
    dated = {_dated(name) for name in names}
    if len(dated) == 1:
        return f"{folder}/{dated.pop()}"
    start = 0
    while len({name[: start + 1] for name in names}) == 1:
        start += 1
    prefix = re.sub(r"\d[\d\W_hHqQwWT]*$", "", names[0][:start])
    return f"{folder}/{prefix}*{dialects[0].file.suffix}"


def _dated(name: str) -> str:
    """Return a name with its date in braces; as it is where it holds none."""
    for digits, form in DATES_IN_NAMES:
        for match in re.finditer(rf"(?<!\d){digits}(?!\d)", name):
            try:
                datetime.strptime(match[0], form)
            except ValueError:
                continue
            return name[: match.start()] + "{" + form + "}" + name[match.end() :]
    return name

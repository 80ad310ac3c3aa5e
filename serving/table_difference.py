"""How one table differs between two releases that are open side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serving.release_reader import ReleaseReader


@dataclass(frozen=True, kw_only=True)
class TableDifference:
    """One table: its rows in both releases, and how many of them differ by key.

    Without a known key, a changed row counts as one removed and one added.
    """

    table: str
    before_count: int | None
    after_count: int | None
    added_count: int
    removed_count: int
    changed_count: int
    changed_columns: Mapping[str, int]
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether both releases hold the same rows and columns."""
        differing = self.added_count + self.removed_count + self.changed_count
        columns = (*self.added_columns, *self.removed_columns)
        return not differing and not columns and self.before_count == self.after_count


def compare_table(
    pair: ReleaseReader,
    table: str,
    *,
    columns: tuple[Sequence[str], Sequence[str]],
    key: Sequence[str],
) -> TableDifference:
    """Compare a table over the columns that both releases have; no columns mean no table."""
    before, after = columns
    shared = [column for column in before if column in after]
    changed: dict[str, int] = {}
    changed_count = 0
    if key and set(key) <= set(shared):
        added, removed, changed_count, changed = _by_key(pair, table, shared, key)
    else:
        added, removed = _by_row(pair, table, columns, shared)
    return TableDifference(
        table=table,
        before_count=_count(pair, f'before."{table}"') if before else None,
        after_count=_count(pair, f'after."{table}"') if after else None,
        added_count=added,
        removed_count=removed,
        changed_count=changed_count,
        changed_columns=changed,
        added_columns=tuple(column for column in after if before and column not in before),
        removed_columns=tuple(column for column in before if after and column not in after),
    )


def _by_key(
    pair: ReleaseReader, table: str, shared: Sequence[str], key: Sequence[str]
) -> tuple[int, int, int, dict[str, int]]:
    """Return rows added, removed and changed, and of the changed ones how many by column."""
    differs = {c: f'b."{c}" is distinct from a."{c}"' for c in shared if c not in key}
    in_both = f'b."{key[0]}" is not null and a."{key[0]}" is not null'
    tests = [" or ".join(differs.values()) or "false", *differs.values()]
    counts = [
        f'count(*) filter (where b."{key[0]}" is null)',
        f'count(*) filter (where a."{key[0]}" is null)',
        *(f"count(*) filter (where {in_both} and ({test}))" for test in tests),
    ]
    on = " and ".join(f'b."{column}" = a."{column}"' for column in key)
    added, removed, changed, *by_column = pair.query(
        f'select {", ".join(counts)} from before."{table}" as b '
        f'full join after."{table}" as a on {on}'
    ).row(0)
    found = {c: count for c, count in zip(differs, by_column, strict=True) if count}
    return added, removed, changed, found


def _by_row(
    pair: ReleaseReader,
    table: str,
    columns: tuple[Sequence[str], Sequence[str]],
    shared: Sequence[str],
) -> tuple[int, int]:
    """Return rows that only the later and only the earlier release has."""
    before, after = f'before."{table}"', f'after."{table}"'
    if not shared:
        return _count(pair, after) if columns[1] else 0, _count(pair, before) if columns[0] else 0
    names = ", ".join(f'"{column}"' for column in shared)

    def only_in(one: str, other: str) -> int:
        return _count(pair, f"(select {names} from {one} except all select {names} from {other})")

    return only_in(after, before), only_in(before, after)


def _count(pair: ReleaseReader, relation: str) -> int:
    return int(pair.value(f"select count(*) from {relation}"))

"""Walking a published column back to the delivered columns that it is computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from serving.release_reader import ReleaseReader
from workspace.errors import TierwiseError

DELIVERED = "delivered."
PRIOR = "prior."
LINEAGE = """
select table_name, column_name, upstream_table, upstream_column, kind
from asset_lineage
order by table_name, column_name, upstream_table, upstream_column
"""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A column and what it is computed from; `end` says why the walk goes no further."""

    table: str
    column: str
    kind: str | None
    end: Literal["delivered", "source", "shown above", "cycle"] | None
    upstream: tuple[Origin, ...] = ()

    @property
    def name(self) -> str:
        """Return table and column."""
        return f"{self.table}.{self.column}"

    def walk(self) -> Iterator[Origin]:
        """Return this column and all above it, in the order of the tree."""
        yield self
        for origin in self.upstream:
            yield from origin.walk()

    def text(self) -> str:
        """Return the tree for people."""
        return "\n".join([self._label(), *self._branches("")])

    def _label(self) -> str:
        note = {"shown above": "  (shown above)", "cycle": "  (the release before)"}.get(
            self.end or "", ""
        )
        return self.name + (f"  [{self.kind}]" if self.kind else "") + note

    def _branches(self, indent: str) -> Iterator[str]:
        for place, origin in enumerate(self.upstream, start=1):
            is_last = place == len(self.upstream)
            yield f"{indent}{'└─ ' if is_last else '├─ '}{origin._label()}"
            yield from origin._branches(indent + ("   " if is_last else "│  "))


def trace(reader: ReleaseReader, table: str, column: str) -> Origin:
    """Return a column's origins back to delivered columns; the schema may be left out of `table`.

    Raises UNIT_UNKNOWN, with near names, for a table or column that lineage does not know.
    """
    edges: dict[tuple[str, str], list[tuple[str, str]]] = {}
    kinds: dict[tuple[str, str], str] = {}
    for name, of, upstream, upstream_column, kind in reader.query(LINEAGE).iter_rows():
        edges.setdefault((name, of), []).append((upstream, upstream_column))
        kinds[name, of] = kind
    return _origin(_start(edges, table, column), edges, kinds, path=(), seen=set())


Column = tuple[str, str]


def _origin(
    column: Column,
    edges: Mapping[Column, list[Column]],
    kinds: Mapping[Column, str],
    *,
    path: tuple[Column, ...],
    seen: set[Column],
) -> Origin:
    end: Literal["delivered", "source", "shown above", "cycle"] | None = None
    if column in path:
        end = "cycle"
    elif column not in edges:
        end = "delivered" if column[0].startswith(DELIVERED) else "source"
    elif column in seen:
        end = "shown above"
    seen.add(column)
    upstream = () if end else tuple(
        _origin(each, edges, kinds, path=(*path, column), seen=seen) for each in edges[column]
    )  # fmt: skip
    return Origin(
        table=column[0], column=column[1], kind=kinds.get(column), end=end, upstream=upstream
    )


def _start(edges: Mapping[Column, list[Column]], table: str, column: str) -> Column:
    """Return the column as lineage names it; tonight's table rather than the release before's."""
    tables = {name for name, _ in edges}
    matching = sorted(
        (name for name in tables if name == table or name.endswith(f".{table}")),
        key=lambda name: (name.startswith(PRIOR), name),
    )
    if not matching:
        bare = {name.rpartition(".")[2]: name for name in sorted(tables)}
        raise _unknown(f"{table}.{column}", "table", table, [*bare, *sorted(tables)])
    columns = sorted(of for name, of in edges if name == matching[0])
    if column not in columns:
        raise _unknown(f"{matching[0]}.{column}", "column", column, columns)
    return matching[0], column


def _unknown(place: str, noun: str, name: str, known: list[str]) -> TierwiseError:
    near = get_close_matches(name, known, n=5, cutoff=0.4) or known[:5]
    cause = f"Lineage knows no {noun} `{name}`. Near are {', '.join(near)}."
    return TierwiseError("UNIT_UNKNOWN", place=place, cause=cause)

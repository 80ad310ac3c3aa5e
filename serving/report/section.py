"""What a section of the page is made of; the template knows nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from serving.release_reader import ReleaseReader
from serving.wording import Kind


@dataclass(frozen=True, kw_only=True)
class Release:
    """The release a page is about, and the one before it where the caller has it."""

    now: ReleaseReader
    before: ReleaseReader | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: its heading, with the unit, and how its values read."""

    title: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        """Whether values stand to the right."""
        return self.kind in {"count", "amount", "units", "ratio", "share"}


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a caption; values stay values until the template shows them."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    if_empty: str = "Nothing to list."


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One Vega-Lite chart: a title that states the finding, words for it, and its numbers."""

    chart_id: str
    title: str
    description: str
    specification: dict[str, Any]
    table: Table


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the page: a heading, what it says, then charts, notes and tables."""

    section_id: str
    title: str
    lead: str
    charts: tuple[Chart, ...] = ()
    charts_across: int = 1
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = field(default=())

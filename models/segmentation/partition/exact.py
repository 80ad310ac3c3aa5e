"""The exact partition of all inputs that a set of conditions makes, and questions about it.

Each column that a condition reads is split at its literals (`domain.py`); a cell is one piece of
each column. An opaque atom is one more level with the values null, false and true. Those levels
come last: what does not depend on them is proven, and the rest may or may not be so.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.segmentation.partition.diagram import Diagrams
from models.segmentation.partition.domain import NULL, Domain, Named
from models.segmentation.partition.predicate import Atom, Constant, Opaque, Predicate, atoms
from models.segmentation.partition.ranges import ranges
from models.segmentation.partition.search import Search
from models.segmentation.sql_values import kind_of

STEPS = 2_000_000  # that all questions may take: a second or so
OPAQUE = (None, False, True)  # the pieces of an opaque atom

Cell = Mapping[int, int]  # level: piece; a level left out is free


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cell that shows something; without a guess at opaque atoms it is proven."""

    cell: Cell
    is_proven: bool


@dataclass(frozen=True, kw_only=True)
class Partition:
    """The levels, and for each condition the function that is true, false or None by cell."""

    domains: tuple[Domain, ...]
    opaque: tuple[Opaque, ...]
    diagrams: Diagrams
    truths: tuple[int, ...]

    @property
    def fires(self) -> tuple[int, ...]:
        """For each condition the function that is true where it is true, and else false."""
        return tuple(self.diagrams.map(_is_true, truth) for truth in self.truths)

    def find(self, fired: Iterable[int], silent: Iterable[int] = ()) -> Found | None:
        """Find a cell where some functions are true and others are not, without nulls if possible.

        Its steps add up to those of the question that `diagrams.begin` began; raises
        TooCostlyError.
        """
        wanted = frozenset(fired)
        anywhere = Search(self.diagrams, frozenset(), first_piece=0, levels=None)
        # Most rules that must not be true cannot be, where those that must be are.
        unwanted = frozenset(
            each for each in silent if not wanted or anywhere.found({*wanted, each}) is not None
        )
        known = len(self.domains)
        unusual = frozenset(
            (level, piece)
            for level, domain in enumerate(self.domains)
            for piece in range(domain.size)
            if not domain.is_usual(piece)
        )
        for first_piece, levels in ((1, known), (0, known), (1, None), (0, None)):
            if levels is None and not self.opaque:
                break
            search = Search(self.diagrams, unusual, first_piece=first_piece, levels=levels)
            if (cell := search.found(wanted, unwanted)) is not None:
                return Found(cell=cell, is_proven=levels is not None)
        return None

    def has_null(self, found: Found) -> bool:
        """Whether a cell was found only where a column, or an opaque atom, is null."""
        return NULL in found.cell.values()

    def completed(self, found: Found) -> Cell:
        """A cell with a piece of every column, of those that are free the first that is usual.

        An opaque atom that is free stays so.
        """
        free = {
            level: next((p for p in range(domain.size) if domain.is_usual(p)), NULL)
            for level, domain in enumerate(self.domains)
        }
        return {**free, **found.cell}

    def row(self, found: Found) -> dict[str, str | None]:
        """A row of values that lies in a cell; opaque atoms stand by their SQL with their value."""
        cell = self.completed(found)
        row = {domain.column: domain.example(cell[n]) for n, domain in enumerate(self.domains)}
        for level, atom in enumerate(self.opaque, start=len(self.domains)):
            if level in cell:
                row[atom.sql] = {None: "null", False: "false", True: "true"}[OPAQUE[cell[level]]]
        return row

    def at(self, function: int, cell: Cell) -> Hashable:
        """The value of a function in a cell; an opaque atom that is free counts as null."""
        while not self.diagrams.is_leaf(function):
            level = self.diagrams.level(function)
            function = self.diagrams.branch(function, level, cell.get(level, NULL))
        return self.diagrams.values[function]

    def number_of_cells(self) -> int:
        """How many cells there are."""
        count = 1
        for size in self.diagrams.sizes:
            count *= size
        return count


def partition(
    conditions: Sequence[Predicate], columns: Mapping[str, str], *, limit: int = STEPS
) -> Partition:
    """Split the columns that conditions read; `columns` map names to SQL types.

    Raises TooCostlyError where even one condition takes more than `limit` steps.
    """
    read: dict[str, list[Atom]] = {}
    opaque: dict[Opaque, None] = {}
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Opaque):
                opaque[atom] = None
            else:
                read.setdefault(atom.column, []).append(atom)
    domains = tuple(_domain(name, columns[name], compared) for name, compared in read.items())
    sizes = [*(domain.size for domain in domains), *(len(OPAQUE) for _ in opaque)]
    reader = _Builder(domains, tuple(opaque), Diagrams(sizes, limit=limit))
    return Partition(
        domains=domains,
        opaque=tuple(opaque),
        diagrams=reader.diagrams,
        truths=tuple(map(reader.function, conditions)),
    )


def _domain(column: str, data_type: str, compared: Sequence[Atom]) -> Domain:
    literals = [atom for atom in compared if atom.value is not None]
    kind = kind_of(data_type)
    if kind in {"number", "date"}:
        return ranges(column, data_type, literals)
    if kind == "boolean":
        return Named(column=column, values=(False, True), is_open=False)
    values = dict.fromkeys(atom.value for atom in literals if atom.value is not None)
    return Named(column=column, values=tuple(values), is_open=True)


class _Builder:
    """Builds the functions of conditions."""

    def __init__(
        self, domains: tuple[Domain, ...], opaque: tuple[Opaque, ...], diagrams: Diagrams
    ) -> None:
        self.domains = {domain.column: (n, domain) for n, domain in enumerate(domains)}
        self.opaque = {atom: n for n, atom in enumerate(opaque, start=len(domains))}
        self.diagrams = diagrams

    def function(self, condition: Predicate) -> int:
        self.diagrams.begin()
        return self._function(condition)

    def _function(self, condition: Predicate) -> int:
        diagrams = self.diagrams
        if isinstance(condition, Constant):
            return diagrams.leaf(condition.value)
        if isinstance(condition, Opaque):
            return diagrams.split(self.opaque[condition], [diagrams.leaf(v) for v in OPAQUE])
        if isinstance(condition, Atom):
            level, domain = self.domains[condition.column]
            truths = [domain.truth(condition, piece) for piece in range(domain.size)]
            return diagrams.split(level, [diagrams.leaf(truth) for truth in truths])
        first, *others = map(self._function, condition.parts)
        if condition.operator in _ALONE:
            return diagrams.map(_ALONE[condition.operator], first)
        for other in others:
            first = diagrams.combine(_JOINED[condition.operator], first, other)
        return first


def _is_true(value: Hashable) -> bool:
    return value is True


def _not(value: Hashable) -> bool | None:
    return None if value is None else not value


def _is_null(value: Hashable) -> bool:
    return value is None


def _and(first: Hashable, second: Hashable) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _or(first: Hashable, second: Hashable) -> bool | None:
    if first is True or second is True:
        return True
    return None if first is None or second is None else False


_ALONE = {"not": _not, "null": _is_null}
_JOINED = {"and": _and, "or": _or}

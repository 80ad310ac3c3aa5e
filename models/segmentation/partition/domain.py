"""The values of one column, split at every literal that a condition sets beside it.

A domain has *pieces*, numbered from 0: the first is null, and the others leave no value out. No
atom can tell two values of a piece apart, so one of them stands for all. Texts and booleans have
the values that are named, and any other where there can be one; `ranges.py` has the numbers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from models.segmentation.partition.predicate import Atom, Value
from models.segmentation.sql_values import quoted

NULL = 0  # the piece of null, in every domain


@dataclass(frozen=True, kw_only=True)
class Domain(ABC):
    """The pieces of a column."""

    column: str

    @property
    @abstractmethod
    def size(self) -> int:
        """How many pieces there are."""

    @abstractmethod
    def holds(self, atom: Atom, piece: int) -> bool:
        """Whether an atom of this column is true of a piece that is not null."""

    @abstractmethod
    def example(self, piece: int) -> str | None:
        """A value of the piece, as people write it; None for null."""

    def is_usual(self, piece: int) -> bool:
        """Whether a row for people may as well have a value of this piece."""
        return piece != NULL

    @abstractmethod
    def piece_sql(self) -> str:
        """SQL of the number of the piece in which a value lies."""

    def truth(self, atom: Atom, piece: int) -> bool | None:
        """What an atom of this column says of a piece, in the three values of SQL."""
        if atom.sign == "null":
            return piece == NULL
        return None if piece == NULL else self.holds(atom, piece)


@dataclass(frozen=True, kw_only=True)
class Named(Domain):
    """Texts and booleans: the values that are named, and any other where there can be one."""

    values: tuple[Value, ...]
    is_open: bool  # whether there are values beside those named

    @property
    def size(self) -> int:
        """How many pieces there are."""
        return 1 + len(self.values) + self.is_open

    def holds(self, atom: Atom, piece: int) -> bool:
        """Whether an atom is true of a piece."""
        return piece <= len(self.values) and self.values[piece - 1] == atom.value

    def example(self, piece: int) -> str | None:
        """A value of the piece."""
        if piece == NULL:
            return None
        if piece <= len(self.values):
            value = self.values[piece - 1]
            return str(value).lower() if isinstance(value, bool) else str(value)
        other = "other"
        while other in self.values:
            other += "_"
        return other

    def piece_sql(self) -> str:
        """SQL of the number of the piece."""
        written = [
            str(value).lower() if isinstance(value, bool) else quoted(str(value))
            for value in self.values
        ]
        return numbered(
            [f"{self.column} is null", *(f"{self.column} = {value}" for value in written)],
            is_closed=not self.is_open,
        )


def numbered(tests: Sequence[str], *, is_closed: bool) -> str:
    """Number the first true test from 0; what passes none comes last, or cannot be."""
    branches = [f"when {test} then {number}" for number, test in enumerate(tests)]
    if is_closed:
        branches[-1] = f"else {len(tests) - 1}"
    else:
        branches.append(f"else {len(tests)}")
    return f"case {' '.join(branches)} end"

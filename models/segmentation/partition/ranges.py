"""The ranges of numbers and dates between the literals that conditions set beside a column.

Ranges lie on the grid of the column: whole numbers, days, the last digit of a decimal. A range that
holds no value of the grid does not exist. Doubles have no such grid; next to a literal they are as
`grid.py` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, inf, isfinite, nextafter

from models.segmentation.errors import SchemeError
from models.segmentation.grid import decimals_of, neighbours
from models.segmentation.partition.domain import NULL, Domain, numbered
from models.segmentation.partition.predicate import Atom
from models.segmentation.sql_values import kind_of, plain_decimal

_BITS = {"tinyint": 7, "smallint": 15, "int": 31, "integer": 31, "bigint": 63, "hugeint": 127}
_DOUBLES_TRIED = 3  # one is the end or lies just outside, the next ones inside
_PRECISION = re.compile(r"(?:decimal|numeric) *\( *(\d+) *, *(\d+) *\)")


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a range ends: its largest value, and the number that was compared, the *cut*.

    In a column of doubles the value is the cut, or the float before it.
    """

    value: Fraction
    cut: Fraction
    is_before: bool


@dataclass(frozen=True, kw_only=True)
class Ranges(Domain):
    """Numbers and dates: piece n reaches from above the end n - 2 to the end n - 1, inclusive."""

    data_type: str
    ends: tuple[End, ...]

    @property
    def size(self) -> int:
        """How many pieces there are."""
        return len(self.ends) + 2

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, and not dates."""
        return kind_of(self.data_type) == "number"

    @property
    def is_floating(self) -> bool:
        """Whether its values are doubles."""
        return self.is_number and decimals_of(self.data_type) is None

    def holds(self, atom: Atom, piece: int) -> bool:
        """Whether an atom is true of a piece."""
        value = self.ends[piece - 1].value if piece <= len(self.ends) else self._beyond()
        other = _number(atom)
        if self.is_floating:
            other = Fraction(float(other))
        if atom.sign == "=":
            return value == other
        return value < other if atom.sign == "<" else value <= other

    def example(self, piece: int) -> str | None:
        """A value of the piece."""
        if piece == NULL:
            return None
        value = self.lowest(piece)
        value = self.highest(piece) if value is None else value
        if self.is_number:
            return plain_decimal(Decimal(0) if value is None else value)
        return str(date(2000, 1, 1) if value is None else date.fromordinal(int(value)))

    def lowest(self, piece: int) -> Decimal | None:
        """The smallest value of a piece that the column can hold; None without a lower end."""
        if piece == 1:
            return None
        end = self.ends[piece - 2]
        if not self.is_floating:
            return exact(end.value + _step(self.data_type))
        if end.is_before:
            return exact(end.cut)
        return neighbours(exact(end.cut), self.data_type).above

    def highest(self, piece: int) -> Decimal | None:
        """The largest value of a piece that the column can hold; None without an upper end."""
        if piece > len(self.ends):
            return None
        end = self.ends[piece - 1]
        if not self.is_floating:
            return exact(end.value)
        if not end.is_before:
            return exact(end.cut)
        return neighbours(exact(end.cut), self.data_type).below

    def is_usual(self, piece: int) -> bool:
        """Whether a piece holds more than negative values, which most features never have."""
        return piece != NULL and (piece > len(self.ends) or self.ends[piece - 1].value >= 0)

    def piece_sql(self) -> str:
        """SQL of the number of the piece."""
        tests = [f"{self.column} {self._test(end)}" for end in self.ends]
        return numbered([f"{self.column} is null", *tests], is_closed=False)

    def _test(self, end: End) -> str:
        """SQL that a value is not beyond an end."""
        if not self.is_number:
            return f"<= date '{date.fromordinal(int(end.value))}'"
        if not self.is_floating:
            return f"<= {plain_decimal(exact(end.value))}"
        return f"{'<' if end.is_before else '<='} {plain_decimal(exact(end.cut))}"

    def published(self, piece: int, *, from_below: bool) -> float | None:
        """The double nearest to an end of a piece that, put in the column, lies in the piece.

        Of whole numbers and decimals beyond 2**53 steps not all are doubles. None where the piece
        has no such end, or is narrower than the doubles there.
        """
        value = self.lowest(piece) if from_below else self.highest(piece)
        if value is None:
            return None
        found, inwards = float(value), inf if from_below else -inf
        for _ in range(_DOUBLES_TRIED):
            if self._holds(piece, found):
                return found
            found = nextafter(found, inwards)
        return None

    def _holds(self, piece: int, value: float) -> bool:
        """Whether a value lies in a piece when the column has taken it in."""
        if not isfinite(value):
            return False
        held = Fraction(value)
        if not self.is_floating:
            step = _step(self.data_type)
            held = round(held / step) * step
        is_above = piece == 1 or held > self.ends[piece - 2].value
        return is_above and (piece > len(self.ends) or held <= self.ends[piece - 1].value)

    def _beyond(self) -> Fraction:
        return self.ends[-1].value + 1 if self.ends else Fraction(0)


def ranges(column: str, data_type: str, compared: Iterable[Atom]) -> Ranges:
    """Split a column of numbers or dates at the literals of its atoms."""
    ends: dict[Fraction, End] = {}
    is_floating = kind_of(data_type) == "number" and decimals_of(data_type) is None
    for atom in compared:
        for sign in ("<", "<=") if atom.sign == "=" else (atom.sign,):
            end = _end(_number(atom), data_type, is_before=sign == "<")
            known = ends.setdefault(end.value, end)
            if abs(known.cut) < abs(end.cut) and not is_floating:
                ends[end.value] = end
    low, high = _limits(data_type)
    kept = [ends[at] for at in sorted(ends) if low is None or high is None or low <= at < high]
    return Ranges(column=column, data_type=data_type, ends=tuple(kept))


def exact(value: Fraction) -> Decimal:
    """A fraction of tenths as a decimal, all its digits kept."""
    digits = 0
    while value.denominator != 1:
        value, digits = value * 10, digits + 1
    return Decimal(f"{value.numerator}e-{digits}")


def _end(at: Fraction, data_type: str, *, is_before: bool) -> End:
    """The end of the range of values below a literal, or up to it."""
    if kind_of(data_type) == "number" and decimals_of(data_type) is None:
        nearest = float(at)
        last = nextafter(nearest, -inf) if is_before else nearest
        return End(value=Fraction(last), cut=at, is_before=is_before)
    step = _step(data_type)
    steps = ceil(at / step) - 1 if is_before else floor(at / step)
    return End(value=steps * step, cut=at, is_before=False)


def _step(data_type: str) -> Fraction:
    """How far two neighbours of a column are apart that is not floating."""
    decimals = decimals_of(data_type) if kind_of(data_type) == "number" else 0
    return Fraction(1, 10 ** (decimals or 0))


def _limits(data_type: str) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest value that a type can hold, None where there is no limit."""
    name = data_type.strip().lower()
    if name in _BITS:
        return Fraction(-(2 ** _BITS[name])), Fraction(2 ** _BITS[name] - 1)
    if match := _PRECISION.fullmatch(name):
        most = Fraction(10 ** int(match[1]) - 1, 10 ** int(match[2]))
        return -most, most
    if kind_of(name) == "date":
        return Fraction(date.min.toordinal()), Fraction(date.max.toordinal())
    return None, None


def _number(atom: Atom) -> Fraction:
    if not isinstance(atom.value, Fraction):
        raise SchemeError(f"{atom.column} is compared with {atom.value!r}, not with a number")
    return atom.value

"""The SQL of flips over cells: from the pieces beside a cell to the nearest value for a unit.

For a cell and a column the next piece below and above that gives something else is searched once,
all other pieces held. Of these pieces a unit has the nearest: by how far its own value is from
it, as a share of the column's largest cut (or as it is, where all cuts are zero). Equal distances
go by the order of columns, the lower value first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from models.segmentation.methods.bit_words import CONFLICT, CellWords, Judge, by_piece
from models.segmentation.methods.method import Flip
from models.segmentation.partition.exact import Partition
from models.segmentation.partition.ranges import Ranges
from models.segmentation.sql_values import plain_decimal, quoted

_CTES = """\
elsewhere as (  -- the boxes in which a cell lies by all columns but one
    select
        ruling.*{elsewhere}
    from ruling
),

beside as (  -- the next pieces below and above that give something else
    select
        elsewhere.*{pieces}
    from elsewhere
),

moved as (  -- the boxes in which the cell would lie there
    select
        beside.*{words}
    from beside
),

decided as (
    select
        {keys},
        _number,
        _branch,
        _contributions{turns}
    from moved
),

seen as (
    select
        keyed.*,
        decided._number,
        decided._branch,
        decided._contributions{values}
    from keyed
    left join decided on {same_cell}
),

measured as (
    select
        seen.*{distances}
    from seen
),

nearest as (
    select
        measured.*,
        {nearest} as _distance
    from measured
),

chosen as (
    select
        nearest.*,
        {choice} as _choice
    from nearest
),

placed as (
    select
        chosen.*,
        case _number {segments} end as _segment,
        {column} as _flip_column,
        {value} as _flip_value,
        case {turned} {segments} end as _flip_segment
    from chosen
)
"""
_NOTHING = "cast(null as {})"


@dataclass(frozen=True, kw_only=True)
class _Side:
    """The way down or up from a cell along the level of a column."""

    level: int
    domain: Ranges
    is_below: bool

    @property
    def name(self) -> str:
        """How the columns of this side are called."""
        return f"{'down' if self.is_below else 'up'}{self.level}"

    @cached_property
    def values(self) -> dict[int, float]:
        """The pieces that can lie on this side of another, the nearest to it first: their ends."""
        last = self.domain.size - 1
        pieces = range(last - 1, 0, -1) if self.is_below else range(2, last + 1)
        ends = {n: self.domain.published(n, from_below=not self.is_below) for n in pieces}
        return {piece: end for piece, end in ends.items() if end is not None}

    @property
    def value(self) -> str:
        """SQL of the nearest value of the piece that was found."""
        branches = "".join(
            f"when {piece} then cast({plain_decimal(Decimal(repr(end)))} as double) "
            for piece, end in self.values.items()
        )
        return f"case _{self.name} {branches}end" if branches else _NOTHING.format("double")

    @property
    def distance(self) -> str:
        """SQL of how far that value is, as a share of the largest cut."""
        largest = float(max(abs(end.cut) for end in self.domain.ends))
        share = f" / {plain_decimal(Decimal(repr(largest)))}" if largest else ""
        return f"abs(cast({self.domain.column} as double) - _value_{self.name}){share}"


class Flips:
    """Writes the CTEs from `ruling`, one row for each cell, to `placed`, one for each unit."""

    def __init__(self, partition: Partition, judge: Judge, words: CellWords) -> None:
        self.partition, self.judge, self.cell_words = partition, judge, words
        self.words = range(judge.boxes.words)
        self.current = [f"_s{word}" for word in self.words]

    @property
    def flip(self) -> Flip | None:
        """What of `placed` is the flip; None where no column can flip."""
        if not self.sides:
            return None
        return Flip(column="_flip_column", value="_flip_value", segment="_flip_segment")

    def ctes(self, keys: Sequence[str]) -> str:
        """Write the CTEs; `keys` tell cells apart."""
        sides = self.sides
        far = [f"_distance_{side.name}" for side in sides]
        least = f"least({', '.join(far)})" if len(far) > 1 else "".join(far)
        return _CTES.format(
            elsewhere=_more(sql for side in sides if side.is_below for sql in self._rest(side)),
            pieces=_more(f"{self._next(side)} as _{side.name}" for side in sides),
            words=_more(word for side in sides for word in self._moved(side)),
            keys=", ".join(keys),
            turns=_more(self._turn(side) for side in sides),
            values=_more(
                sql
                for side in sides
                for sql in (f"{side.value} as _value_{side.name}", f"decided._to_{side.name}")
            ),
            same_cell=" and ".join(f"decided.{key} = keyed.{key}" for key in keys)
            + " and keyed._rule is null",
            distances=_more(f"{side.distance} as _distance_{side.name}" for side in sides),
            nearest=least or _NOTHING.format("double"),
            choice=self._case("when {0} = _distance then {1}", far) or _NOTHING.format("integer"),
            segments=" ".join(
                f"when {n} then {quoted(s)}" for n, s in enumerate(self.judge.segments, start=1)
            ),
            column=self._chosen([quoted(side.domain.column) for side in sides], "string"),
            value=self._chosen([f"_value_{side.name}" for side in sides], "double"),
            turned=self._chosen([f"_to_{side.name}" for side in sides], "integer"),
        )

    @cached_property
    def sides(self) -> list[_Side]:
        """Both ways of each column that can flip: a number that no opaque atom reads."""
        hidden = {name for atom in self.partition.opaque for name in atom.columns}
        return [
            _Side(level=level, domain=domain, is_below=is_below)
            for level, domain in enumerate(self.partition.domains)
            if level in self.judge.boxes.levels and isinstance(domain, Ranges)
            if domain.is_number and domain.ends and domain.column not in hidden
            for is_below in (True, False)
        ]

    def _rest(self, side: _Side) -> list[str]:
        words = self.cell_words.of(without=side.level)
        return [f"{sql} as _r{side.level}_{word}" for word, sql in enumerate(words)]

    def _next(self, side: _Side) -> str:
        """SQL of the next piece on a side that gives something else than the cell does."""
        rest = [f"_r{side.level}_{word}" for word in self.words]
        beyond = ">" if side.is_below else "<"
        branches = []
        for piece in side.values:
            allowed = self.judge.boxes.allowing(side.level, piece)
            fired = [f"({word} & {mask})" for word, mask in zip(rest, allowed, strict=True)]
            same = self.judge.is_same(fired, self.current, "_number")
            branches.append(f"when _p{side.level} {beyond} {piece} and not {same} then {piece}")
        start = f"when _p{side.level} = 0 or coalesce(_number, {CONFLICT}) = {CONFLICT} then null"
        return "\n            ".join([f"case {start}", *branches]) + " end"

    def _moved(self, side: _Side) -> list[str]:
        rest = [f"_r{side.level}_{word}" for word in self.words]
        sizes = range(side.domain.size)
        allowed = [self.judge.boxes.allowing(side.level, piece) for piece in sizes]
        return [
            f"{rest[word]} & {by_piece(f'_{side.name}', [at[word] for at in allowed])} "
            f"as _w{word}_{side.name}"
            for word in self.words
        ]

    def _turn(self, side: _Side) -> str:
        number = self.judge.number([f"_w{word}_{side.name}" for word in self.words])
        return f"_{side.name}, {number} as _to_{side.name}"

    def _chosen(self, expressions: Sequence[str], data_type: str) -> str:
        return self._case("when _choice = {1} then {0}", expressions) or _NOTHING.format(data_type)

    def _case(self, branch: str, expressions: Sequence[str]) -> str:
        branches = [branch.format(sql, n) for n, sql in enumerate(expressions)]
        return f"case {' '.join(branches)} end" if branches else ""


def _more(expressions: Iterable[str]) -> str:
    return "".join(f",\n        {sql}" for sql in expressions)

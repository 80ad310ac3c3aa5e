"""Classes by a score: several columns brought to one scale, weighted and added up.

Each part is scaled linearly from `low` (0) to `high` (1) and clipped there; with `low` above `high`
less is better. Its points are its weight times the scaled value in nine decimals, and the score is
their exact sum. A unit is in the first segment whose cut its score reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.grid import decimals_of
from models.segmentation.methods.cuts import Cut, Ladder, case
from models.segmentation.methods.method import STOOD, Flip, Method, Placement
from models.segmentation.sql_values import plain_decimal, quoted

POINTS = "decimal(18, 9)"
MARGIN = Decimal("0.000000002")  # by which a flip passes its cut: two units of the last decimal
DOUBLE_DECIMALS = 12
_SCORED = """\
scaled as (  -- each part on the scale from 0 to 1
    select
        ruled.*,
        {scaled}
    from ruled
),

weighted as (
    select
        scaled.*,
        {weighted}
    from scaled
),

scored as (
    select
        weighted.*,
        cast({total} as {points}) as _score
    from weighted
)"""
_CTES = """\
{scored},

reached as (  -- the next cut above the score, and the one that it stands on
    select
        scored.*,
        {segment} as _segment,
        {next_cut} as _next_cut,
        {own_cut} as _own_cut
    from scored
),

ways as (  -- per part, the scaled value at which the score passes a cut; null where none can
    select
        reached.*,
        {ways}
    from reached
),

nearest as (
    select
        ways.*,
        least({distances}) as _nearest
    from ways
),

valued as (
    select
        nearest.*,
        {flip_column} as _flip_column,
        {flip_value} as _flip_value,
        {flip_goes_up} as _flip_goes_up
    from nearest
),

placed as (
    select
        valued.*,
        case when _flip_goes_up then {segment_above} else {segment_below} end as _flip_segment
    from valued
)
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One column of a score: where it counts nothing, where it counts fully, and its weight."""

    column: str
    weight: Decimal
    low: Decimal
    high: Decimal

    def scaled(self, value: str) -> str:
        """Write the value on the scale from 0 to 1."""
        low, span = plain_decimal(self.low), plain_decimal(self.high - self.low)
        return f"least(greatest((cast({value} as double) - ({low})) / ({span}), 0), 1)"


@dataclass(frozen=True, kw_only=True)
class WeightedScore(Method):
    """Weights that add up to 1, and cuts on the score, the highest first."""

    parts: tuple[Part, ...]
    cuts: tuple[Cut, ...]
    last_segment_id: str

    def __post_init__(self) -> None:
        """Refuse weights that do not add up to 1, and cuts that do not fall."""
        total = sum((part.weight for part in self.parts), Decimal(0))
        if len(self.parts) < 2 or total != 1 or any(part.weight <= 0 for part in self.parts):
            raise SchemeError(f"weights are above 0 and add up to 1, not to {total}")
        if any(part.low == part.high for part in self.parts):
            raise SchemeError("a part has room between `low` and `high`")
        if len({part.column for part in self.parts}) < len(self.parts):
            raise SchemeError("a column is one part of a score")
        ends = [cut.up_to for cut in self.cuts]
        if not ends or ends != sorted(set(ends), reverse=True) or not 0 < ends[-1] <= ends[0] <= 1:
            raise SchemeError("cuts fall from 1 to above 0")
        if len(set(self.segments)) < len(self.segments):
            raise SchemeError("a segment has one place among the cuts")

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of the parts."""
        return tuple(part.column for part in self.parts)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the cuts, and the last."""
        return (*(cut.segment_id for cut in self.cuts), self.last_segment_id)

    @property
    def ladder(self) -> Ladder:
        """The cuts on the score."""
        return Ladder(
            value="_score",
            segments=self.segments,
            cuts=tuple(plain_decimal(cut.up_to) for cut in self.cuts),
            is_falling=True,
        )

    def scored(self) -> str:
        """Write the CTEs from `ruled` to `scored`: scaled values, points, and their sum."""
        parts = list(enumerate(self.parts))
        return _SCORED.format(
            scaled=",\n        ".join(f"{p.scaled(p.column)} as _scaled_{n}" for n, p in parts),
            weighted=",\n        ".join(
                f"cast({plain_decimal(p.weight)} * _scaled_{n} as {POINTS}) as _points_{n}"
                for n, p in parts
            ),
            total=" + ".join(f"_points_{n}" for n, _ in parts),
            points=POINTS,
        )

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the score, its class, and the least change of one part that gives another."""
        ladder, numbers = self.ladder, range(len(self.parts))
        upward = [case(f"when {cut} > _score then {cut}") for cut in ladder.cuts]
        downward = [case(f"when {cut} <= _score then {cut}") for cut in ladder.cuts]
        ctes = _CTES.format(
            scored=self.scored(),
            segment=ladder.segment_at("_score"),
            next_cut=_of("least", upward),
            own_cut=_of("greatest", downward),
            ways=",\n        ".join(self._way(number) for number in numbers),
            distances=", ".join(f"_up_{n} - _scaled_{n}, _scaled_{n} - _down_{n}" for n in numbers),
            flip_column=case(
                *(
                    f"when {_is_up(n)} or {_is_down(n)} then {quoted(self.parts[n].column)}"
                    for n in numbers
                )
            ),
            flip_value=case(
                *(
                    branch
                    for n in numbers
                    for branch in (
                        f"when {_is_up(n)} then {self._value(n, columns, goes_up=True)}",
                        f"when {_is_down(n)} then {self._value(n, columns, goes_up=False)}",
                    )
                )
            ),
            flip_goes_up=case(*(f"when {_is_up(n)} then true" for n in numbers), "else false"),
            segment_above=ladder.segment_at("_next_cut"),
            segment_below=ladder.segment_at(f"(_own_cut - {plain_decimal(MARGIN)})"),
        )
        return Placement(
            ctes=ctes,
            flip=Flip(column="_flip_column", value="_flip_value", segment="_flip_segment"),
            banded=ladder.banded(STOOD, band) if band else None,
            contributions=self._contributions(),
            facts=(("score", "_score", POINTS),),
        )

    def _contributions(self) -> str:
        pairs = " || ', ' || ".join(
            f"""'"{part.column}": ' || cast(_points_{number} as string)"""
            for number, part in enumerate(self.parts)
        )
        return f"'{{' || {pairs} || '}}'"

    def _way(self, number: int) -> str:
        """Write the scaled values at which one part alone passes the next cut up and down."""
        weight, margin = plain_decimal(self.parts[number].weight), plain_decimal(MARGIN)
        scaled = f"_scaled_{number}"
        up = f"{scaled} + cast(_next_cut - _score + {margin} as double) / {weight}"
        down = f"{scaled} - cast(_score - _own_cut + {margin} as double) / {weight}"
        return (
            f"{case(f'when {up} <= 1 then {up}')} as _up_{number},\n        "
            f"{case(f'when {down} >= 0 then {down}')} as _down_{number}"
        )

    def _value(self, number: int, columns: Mapping[str, str], *, goes_up: bool) -> str:
        """Write the value of a column at a scaled value, on its grid and on the far side of it."""
        part = self.parts[number]
        decimals = decimals_of(columns[part.column])
        kept = DOUBLE_DECIMALS if decimals is None else decimals
        unit = f"{Decimal(1).scaleb(-kept):f}"
        rounded = "ceil" if goes_up == (part.high > part.low) else "floor"
        at = f"{'_up' if goes_up else '_down'}_{number}"
        span = plain_decimal(part.high - part.low)
        exact = f"cast({plain_decimal(part.low)} as double) + {at} * ({span})"
        return f"{rounded}(({exact}) / {unit}) * {unit}"


def _is_up(number: int) -> str:
    return f"_up_{number} - _scaled_{number} = _nearest"


def _is_down(number: int) -> str:
    return f"_scaled_{number} - _down_{number} = _nearest"


def _of(function: str, values: list[str]) -> str:
    """Write the least or greatest of values; engines refuse either of a single one."""
    return f"{function}({', '.join(values)})" if len(values) > 1 else values[0]

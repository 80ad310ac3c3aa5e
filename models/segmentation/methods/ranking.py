"""Classes by rank: by share of value, by cumulative value, by share or number of units.

A rank depends on every other unit, so that one new item would move others. Therefore a review turns
ranks into *cut values* of the measure, and from then on each unit is held against these alone until
the next review. A unit of a group that no review has seen has no cut values: its group is reviewed
first. `find_cuts` writes the review, `place` what follows from it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.grid import decimals_of
from models.segmentation.methods.cuts import Cut, Ladder, case, check_cuts
from models.segmentation.methods.method import STOOD, Flip, Method, Placement
from models.segmentation.sql_values import quoted

# The relation that `place` reads beside the units: group_key, reviewed_date, and cut_1, cut_2, …
CUT_VALUES = "cut_values"
DOUBLE_DECIMALS = 6  # a measure that is a double is ranked and added up in this many
_FOUND = """\
measured as (
    select {group} as _group, {worth} as _worth
    from ruled
    where _rule is null and not _is_incomplete
),

steps as (  -- units of one worth stand on one step: ties never split
    select
        _group, _worth, count(*) as _unit_count,
        cast(sum({counted}) as {amount}) as _step_total
    from measured
    group by _group, _worth
),

summed as (
    select
        steps.*,
        cast(sum(_step_total) over (partition by _group) as {amount}) as _total,
        cast(sum(_unit_count) over (partition by _group) as bigint) as _count,
        cast(sum(_step_total) over in_order as {amount}) - _step_total as _before,
        cast(sum(_unit_count) over in_order as bigint) - _unit_count as _before_count
    from steps
    window in_order as (
        partition by _group order by _worth {direction} nulls last
        rows between unbounded preceding and current row
    )
),

found as (
    {cuts}
)
"""
_PLACED = """\
grouped as (
    select ruled.*, cast({measure} as {amount}) as _value, {group} as _group
    from ruled
),

held as (  -- each unit against the cut values of its group
    select grouped.*, {relation}.reviewed_date as _reviewed_date, {cut_columns}
    from grouped
    left join {relation} on grouped._group = {relation}.group_key
),

near as (  -- the nearest value beyond the next cut up, and beyond the next one down
    select
        held.*,
        {up} as _up,
        {down} as _down,
        {segment} as _segment
    from held
),

flipped as (
    select
        near.*,
        case when _down is null or _up - _value <= _value - _down then _up else _down end
            as _flip_value
    from near
),

placed as (
    select flipped.*, {flip_segment} as _flip_segment
    from flipped
)
"""


@dataclass(frozen=True, kw_only=True)
class Ranking(Method):
    """Classes by the rank of a measure; `within` names columns that restart the ranking.

    With `last_segment_id` the cuts need not reach everybody.
    """

    measure: str
    cuts: tuple[Cut, ...]
    last_segment_id: str = ""
    within: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse cuts that do not climb, or that leave nobody for the last segment."""
        check_cuts(self.cuts, *([self.last_segment_id] if self.last_segment_id else []))
        if self.cuts[0].up_to <= 0 or len(self.segments) < 2:
            raise SchemeError("two segments or more, and cuts above 0")

    @property
    def reads(self) -> tuple[str, ...]:
        """The measure, and what restarts the ranking."""
        return (self.measure, *self.within)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the cuts, and the last."""
        last = (self.last_segment_id,) if self.last_segment_id else ()
        return (*(cut.segment_id for cut in self.cuts), *last)

    @property
    def is_falling(self) -> bool:
        """Whether the largest come first."""
        return True

    @abstractmethod
    def within_cut(self, cut: Decimal) -> str:
        """Write whether a step of `summed` stands before a cut: what comes first is `_before`."""

    def find_cuts(self, columns: Mapping[str, str]) -> str:
        """Write the CTEs from `ruled` to `found`: group_key, segment_id, cut_value, unit_count.

        A falling cut is the smallest value above 0 of its segment, a rising one the largest. A
        group in which nothing is above 0 has no falling cuts.
        """
        end = "min(_worth)" if self.is_falling else "max(_worth)"
        floor = "_worth > 0 and " if self.is_falling else ""
        rows = (
            f"select _group as group_key, {quoted(segment)} as segment_id, {end} as cut_value, "
            f"cast(sum(_unit_count) as bigint) as unit_count from summed "
            f"where {floor}{self.within_cut(cut.up_to)} group by _group"
            for segment, cut in zip(self.segments[:-1], self.cuts, strict=False)
        )
        value = f"cast({self.measure} as {self._amount(columns)})"
        return _FOUND.format(
            group=self._group(),
            worth=f"greatest({value}, 0)" if self.is_falling else value,
            counted="_worth" if self.is_falling else "0",  # a quantile adds nothing up
            amount=self._amount(columns),
            direction="desc" if self.is_falling else "asc",
            cuts="\n    union all\n    ".join(rows),
        )

    def by_group(self) -> str:
        """Write the columns of `cut_values`, over rows of segment_id and cut_value of a group."""
        return ", ".join(
            f"max(case when segment_id = {quoted(segment)} then cut_value end) as cut_{number}"
            for number, segment in enumerate(self.segments[:-1], start=1)
        )

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write each unit's place among the cut values of its group."""
        cuts = tuple(f"_cut_{number}" for number in range(1, len(self.segments)))
        unit = f"{Decimal(1).scaleb(-_decimals(columns[self.measure])):f}"
        # A cut belongs to the segment above it on a falling ladder, and below it on a rising one.
        up, down, to_up, to_down, word = (
            (">", "<=", "", f" - {unit}", "from")
            if self.is_falling
            else (">=", "<", f" + {unit}", "", "up_to")
        )
        above = ", ".join(case(f"when {cut} {up} _value then {cut}") for cut in cuts)
        below = ", ".join(case(f"when {cut} {down} _value then {cut}") for cut in cuts)
        ladder = Ladder(
            value="_value", segments=self.segments, cuts=cuts, is_falling=self.is_falling
        )
        ctes = _PLACED.format(
            measure=self.measure,
            amount=self._amount(columns),
            group=self._group(),
            relation=CUT_VALUES,
            cut_columns=", ".join(f"{CUT_VALUES}.{cut[1:]} as {cut}" for cut in cuts),
            up=(f"least({above})" if len(cuts) > 1 else above) + to_up,
            down=(f"greatest({below})" if len(cuts) > 1 else below) + to_down,
            segment=ladder.segment_at("_value"),
            flip_segment=ladder.segment_at("_flip_value"),
        )
        return Placement(
            ctes=ctes,
            flip=Flip(column=quoted(self.measure), value="_flip_value", segment="_flip_segment"),
            banded=ladder.banded(STOOD, band) if band else None,
            facts=(
                *(
                    (f"{segment}_{word}", cut, "decimal(28, 6)")
                    for segment, cut in zip(self.segments, cuts, strict=False)
                ),
                ("reviewed_date", "_reviewed_date", "date"),
            ),
        )

    def _group(self) -> str:
        parts = ", ".join(f"cast({column} as string)" for column in self.within)
        return f"concat_ws('@', {parts})" if parts else "''"

    def _amount(self, columns: Mapping[str, str]) -> str:
        return f"decimal(28, {_decimals(columns[self.measure])})"


def _decimals(data_type: str) -> int:
    decimals = decimals_of(data_type)
    return DOUBLE_DECIMALS if decimals is None else decimals

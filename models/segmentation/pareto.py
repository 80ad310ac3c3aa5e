"""The SQL of a Pareto analysis, with the change of measure that moves a unit.

All units of equal worth in a group share class and flip, so the work is done on *steps*: the
distinct worths of a group, largest first. Symbols: T the worth of the group, w a unit's worth,
p a cut, S(x) the worth of the other units that are strictly larger than x.

A unit whose worth becomes x, all others held, is above cut p when S(x) < p (T - w + x). As x
grows, S falls in jumps at the steps and the right side climbs, so each cut is crossed once. With
before(v) and through(v) the worth of all units at least one step above v, and at or above v, the
steps are searched in the order of mark(v) = before(v) - p v, which climbs as v falls:

- To rise, reach the lowest step v > w with mark(v) < p (T - w). Just below that step the others
  add up to through(v), so there any x > w - T + through(v) / p is enough.
- To fall, reach the highest step v < w with mark(v) >= p T + (1 - p) w. From that step up to the
  next the others add up to before(v) - w, so there any x <= w - T + (before(v) - w) / p is enough.

Comparisons are exact, in decimals. Only the two quotients are doubles; 1e-14 T covers their error,
so the flip always flips, and it is at most one unit of the measure's last decimal plus 2e-14 T
away from the smallest change that does.
"""

from collections.abc import Sequence
from decimal import Decimal

from models.segmentation.scheme import Cut, ParetoShare, plain_decimal
from models.segmentation.sql_values import quoted

_CTES = """\
measured as (
    select
        ruled.*,
        case
            when _rule is null and not _is_incomplete
                then greatest(cast({measure} as {worth}), 0)
        end as _worth
    from ruled
),

steps as (  -- the distinct worths of a group, zero always among them
    select {groups}_worth, count(*) as _unit_count, cast(sum(_worth) as {worth}) as _step_total
    from measured
    where _worth is not null
    group by {groups}_worth
    union all
    select {groups}cast(0 as {worth}), 0, cast(0 as {worth})
    from measured
    where _worth is not null
    {each_group}having min(_worth) > 0
),

summed as (
    select
        steps.*,
        cast(sum(_step_total) over ({by_group}) as {worth}) as _total,
        cast(sum(_step_total) over down_to_here as {worth}) as _through,
        cast(sum(_unit_count) over down_to_here as bigint) as _through_count,
        row_number() over down as _position,
        lag(_worth) over down as _next_up
    from steps
    window
        down as ({by_group} order by _worth desc nulls last),
        down_to_here as (
            {by_group} order by _worth desc nulls last
            rows between unbounded preceding and current row
        )
),

classed as (
    select
        summed.*,
        _through - _step_total as _before,
        _through_count - _unit_count + 1 as _rank,
        cast(_through - _step_total as double) / cast(nullif(_total, 0) as double) as _share_before,
        cast(_through as double) / cast(nullif(_total, 0) as double) as _share_through,
        case
            when _worth <= 0 then {last}
            {class_before}
            else {last}
        end as _segment
    from summed
),

cuts as (
    {cuts}
),

bounded as (  -- the cut above each step, and the cut below it
    select
        classed.*,
        case _segment
            {cut_above}
        end as _rise_share,
        case _segment
            {cut_below}
        end as _fall_share
    from classed
),

marks as (  -- where each step stands at each cut, and where each asks to rise and to fall
    select
        {groups}_share, 'step' as _way, cast(_before - _share * _worth as {mark}) as _mark,
        cast(null as {worth}) as _asker, cast(null as {worth}) as _total
    from classed
    cross join cuts
    union all
    select
        {groups}_rise_share, 'rise', cast(_rise_share * (_total - _worth) as {mark}),
        _worth, _total
    from bounded
    where _rise_share is not null
    union all
    select
        {groups}_fall_share, 'fall',
        cast(_fall_share * _total + (1 - _fall_share) * _worth as {mark}),
        _worth, _total
    from bounded
    where _fall_share is not null
),

counted as (  -- 'rise' and 'fall' come before 'step': steps counted have a mark below the asker's
    select
        marks.*,
        sum(case when _way = 'step' then 1 else 0 end) over (
            partition by {groups}_share order by _mark nulls last, _way nulls last
            rows between unbounded preceding and current row
        ) as _steps_below
    from marks
),

found as (  -- with the step to reach, and what the others larger than the unit then add up to
    select
        counted.*,
        classed._worth as _step,
        classed._next_up,
        classed._before,
        case _way
            when 'rise' then coalesce(classed._through, 0)
            else classed._before - _asker
        end as _larger_beside
    from counted
    left join classed
        on {same_found}classed._position
            = _steps_below + case _way when 'rise' then 0 else 1 end
    where counted._way <> 'step'
),

solved as (
    select
        found.*,
        floor((
            cast(_asker - _total as double)
            + cast(_larger_beside as double) / cast(_share as double)
            + case _way when 'rise' then 1e-14 else -1e-14 end * cast(_total as double)
        ) / {unit}) * {unit} as _bound
    from found
),

moves as (
    select
        solved.*,
        case _way
            when 'rise' then least(_step, cast(_bound as {worth}) + {unit})
            else least(greatest(_step, cast(_bound as {worth})), _next_up - {unit})
        end as _value
    from solved
),

nearest as (
    select
        moves.*,
        case
            when _way = 'rise' and _value >= _step then _before
            else _larger_beside
        end as _larger,
        _total - _asker + _value as _new_total,
        row_number() over (
            partition by {groups}_asker order by abs(_value - _asker) nulls last, _way nulls last
        ) as _nearness
    from moves
),

placed as (
    select
        measured.*,
        classed._segment,
        classed._rank,
        classed._share_before,
        classed._share_through,
        '{measure}' as _flip_column,
        nearest._value as _flip_value,
        case
            when nearest._value <= 0 then {last}
            {class_after}
            else {last}
        end as _flip_segment
    from measured
    left join classed
        on {same_step}measured._worth = classed._worth
    left join nearest
        on {same_nearest}measured._worth = nearest._asker and nearest._nearness = 1
)
"""


def pareto_ctes(method: ParetoShare, *, decimals: int) -> str:
    """Write the CTEs from `ruled` to `placed`; the measure is added up in `decimals`."""
    groups = "".join(f"{name}, " for name in method.within)
    *upper, last = method.cuts
    return _CTES.format(
        measure=method.measure,
        worth=f"decimal(28, {decimals})",
        mark=f"decimal(38, {decimals + 6})",
        unit=f"{Decimal(1).scaleb(-decimals):f}",
        groups=groups,
        each_group=f"group by {groups[:-2]}\n    " if groups else "",
        by_group=f"partition by {groups[:-2]}" if groups else "",
        last=quoted(last.segment_id),
        cuts="\n    union all ".join(_cut_row(cut) for cut in upper),
        class_before=class_branches(upper, "_before", "_total"),
        class_after=class_branches(upper, "_larger", "_new_total"),
        cut_above=_cut_of(method.cuts[1:], upper),
        cut_below=_cut_of(upper, upper),
        same_found=same_columns(method.within, "counted", "classed"),
        same_step=same_columns(method.within, "measured", "classed"),
        same_nearest=same_columns(method.within, "measured", "nearest"),
    )


def _cut_row(cut: Cut) -> str:
    return f"select cast({plain_decimal(cut.up_to)} as decimal(7, 6)) as _share"


def class_branches(cuts: Sequence[Cut], larger: str, total: str) -> str:
    """Write the branches of a case: the first class whose cut is above what is larger."""
    return "\n            ".join(
        f"when {larger} < {plain_decimal(cut.up_to)} * {total} then {quoted(cut.segment_id)}"
        for cut in cuts
    )


def _cut_of(cuts: Sequence[Cut], bounds: Sequence[Cut]) -> str:
    return "\n            ".join(
        f"when {quoted(cut.segment_id)} then cast({plain_decimal(bound.up_to)} as decimal(7, 6))"
        for cut, bound in zip(cuts, bounds, strict=True)
    )


def same_columns(columns: Sequence[str], left: str, right: str) -> str:
    """Write the start of a join's condition: equal in each column."""
    return "".join(f"{left}.{name} = {right}.{name} and " for name in columns)

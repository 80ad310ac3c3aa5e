"""The class of a unit whose measure becomes another, all other units held.

Methods that judge each unit by itself simply read the other value. A Pareto share ranks: of each
unit alone the measure is moved, so that a million units are a million questions in one statement.
With T the worth of the group, w the unit's worth and x what it becomes, the unit is above cut p
when the worth of the others strictly larger than x is below p (T - w + x), as `pareto.py` has it.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.segmentation.compile import (
    DOUBLE_MEASURE_DECIMALS,
    branch_by_rule,
    check_names,
    compile_scheme,
    number_of_first,
)
from models.segmentation.conditions import check_condition
from models.segmentation.grid import decimals_of
from models.segmentation.pareto import class_branches, same_columns
from models.segmentation.scheme import ParetoShare, Scheme, method_columns
from models.segmentation.sql_values import quoted

_STATEMENT = """\
with

held as (
    select {read}
    from {relation}
),

moved as (
    select {read}
    from {ends}
),

points as (  -- a moved unit stands before units of its new worth: they are not larger
    select {groups}_worth, 1 as _turn, cast(sum(_worth) as {worth}) as _amount
    from held
    where _worth is not null
    group by {groups}_worth
    union all
    select distinct {groups}_worth, 0, cast(0 as {worth})
    from moved
    where _worth is not null
),

summed as (
    select
        points.*,
        cast(
            sum(_amount) over (
                {by_group} order by _worth desc nulls last, _turn nulls last
                rows between unbounded preceding and current row
            ) as {worth}
        ) as _through
    from points
),

totals as (
    select {groups}cast(sum(_worth) as {worth}) as _total
    from held
    where _worth is not null
    {each_group}
),

placed as (
    select
        moved.*,
        summed._through - case when held._worth > moved._worth then held._worth else 0 end
            as _larger,
        coalesce(totals._total, 0) - coalesce(held._worth, 0) + moved._worth as _new_total
    from moved
    left join held on {same_unit}
    left join summed
        on {same_summed}moved._worth = summed._worth and summed._turn = 0
    left join totals on {same_total}true
),

final as (
    select
        {keys},
        case{segment_by_rule}
            when _is_incomplete then {fallback}
            when _worth <= 0 then {last}
            {classes}
            else {last}
        end as segment_id
    from placed
)

select * from final
"""


def compile_moved(scheme: Scheme, relation: str, ends: str, columns: Mapping[str, str]) -> str:
    """Compile what each unit of `ends` would be classed as, were it alone to have its values there.

    `ends` has the units and columns of `relation`, which holds the values of all others. The
    statement gives the keys and segment_id. Raises as `compile_scheme` does.
    """
    if not isinstance(scheme.method, ParetoShare):
        whole = compile_scheme(scheme, ends, columns)
        return f"select {', '.join(scheme.keys)}, segment_id from ({whole}) as whole"
    method = scheme.method
    conditions = [check_condition(rule.when, columns=columns) for rule in scheme.first_rules]
    check_names(scheme, relation, columns, method_columns(method))
    check_names(scheme, ends, columns, method_columns(method))
    incomplete = " or ".join(f"{name} is null" for name in method_columns(method))
    decimals = decimals_of(columns[method.measure])
    worth = f"decimal(28, {DOUBLE_MEASURE_DECIMALS if decimals is None else decimals})"
    rule = number_of_first([condition.sql for condition in conditions])
    groups = "".join(f"{name}, " for name in method.within)
    *upper, last = method.cuts
    return _STATEMENT.format(
        read=f"{', '.join(dict.fromkeys((*scheme.keys, *method.within)))}, {rule} as _rule, "
        f"{incomplete} as _is_incomplete, case when ({rule}) is null and not ({incomplete}) "
        f"then greatest(cast({method.measure} as {worth}), 0) end as _worth",
        relation=relation,
        ends=ends,
        worth=worth,
        groups=groups,
        by_group=f"partition by {groups[:-2]}" if groups else "",
        each_group=f"group by {groups[:-2]}" if groups else "",
        same_unit=" and ".join(f"moved.{key} = held.{key}" for key in scheme.keys),
        same_summed=same_columns(method.within, "moved", "summed"),
        same_total=same_columns(method.within, "moved", "totals"),
        keys=", ".join(scheme.keys),
        segment_by_rule=branch_by_rule(rule.segment_id for rule in scheme.first_rules),
        fallback=quoted(scheme.fallback_segment_id),
        last=quoted(last.segment_id),
        classes=class_branches(upper, "_larger", "_new_total"),
    )

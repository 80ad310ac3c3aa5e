"""From a scheme to one SQL statement that assigns, explains and tells what would flip.

The statement reads a relation with one row per unit (the keys, the feature columns and, where the
scheme has bands, `_stood`: the segment that the unit had) and gives one row per unit: the keys,
segment_id, banded_segment_id, rule_id, inputs (JSON text), contributions (JSON text),
fallback_code, flip_column, flip_value, flip_segment_id, value_at_stake_amount. A ranking reads
`cut_values` beside it. It is written to run on DuckDB and Spark alike.

`flip_value` is the nearest value of `flip_column` that, all else held, moves the unit to
`flip_segment_id`: with thresholds, patterns and rankings exactly the nearest on the grid of the
column (`grid.py`). The cut values of a ranking are held, too. Only the method is searched, and a
value that would make a first rule fire says that rule's segment. Units caught by a first rule,
units without an input, and the cells of a matrix (whose flips are its parents') have none.
"""

from collections.abc import Mapping, Sequence

from models.segmentation.conditions import check_condition
from models.segmentation.errors import SchemeError
from models.segmentation.inputs import inputs
from models.segmentation.methods.method import Flip
from models.segmentation.methods.ranking import Ranking
from models.segmentation.ruled import columns_of, ruled
from models.segmentation.scheme import Rule, Scheme
from models.segmentation.sql_values import quoted

MISSING_INPUT = "MISSING_INPUT"
UNCOVERED = "UNCOVERED"

_ASSIGNED = """\
{method},

judged as (
    select
        placed.*,
        _rule is null and not _is_incomplete as _is_open,
        {segment} as _class,
        case when {flip_value} is not null then coalesce({flip_segment}, {fallback}) end
            as _turns_to
    from placed
),

final as (
    select
        {keys},
        case{segment_by_rule}
            when _is_open then coalesce(_class, {fallback})
            else {fallback}
        end as segment_id,
        case{segment_by_rule}
            when _is_open and _class is not null then {banded}
            else {fallback}
        end as banded_segment_id,
        case{id_by_rule}
            when _is_open and _class is not null then '{kind}.' || {branch}
            else 'fallback'
        end as rule_id,
        {inputs} as inputs,
        case when _is_open then {contributions} end as contributions,
        case
            when _rule is null and _is_incomplete then '{missing}'
            when _is_open and _class is null then {uncovered}
        end as fallback_code,
        case when _is_open and _turns_to <> _class then {flip_column} end as flip_column,
        case when _is_open and _turns_to <> _class then cast({flip_value} as double) end
            as flip_value,
        case when _is_open and _turns_to <> _class then _turns_to end as flip_segment_id,
        cast({value} as decimal(18, 4)) as value_at_stake_amount
    from judged
)

select * from final
"""
_CUTS = """\
{method},

final as (
    select group_key, segment_id, cut_value, unit_count
    from found
)

select * from final
"""
_NO_FLIP = Flip(
    column="cast(null as string)", value="cast(null as double)", segment="cast(null as string)"
)


def compile_scheme(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> str:
    """Compile a scheme over `relation`, whose `columns` map names to SQL types.

    Raises RuleError for a condition that is refused, SchemeError for a scheme that does not fit
    the relation.
    """
    start = ruled(scheme, relation, columns)  # refuses what does not fit before the method sees it
    placement = scheme.method.place(columns, scheme.band)
    flip = placement.flip or _NO_FLIP
    return start + _ASSIGNED.format(
        method=placement.ctes.rstrip(),
        segment=placement.segment,
        banded=placement.banded or "_class",
        branch=placement.branch,
        flip_column=flip.column,
        flip_value=flip.value,
        flip_segment=_flip_segment(scheme, columns, flip),
        contributions=placement.contributions or "cast(null as string)",
        keys=", ".join(scheme.keys),
        segment_by_rule=_by_rule([rule.segment_id for rule in scheme.first_rules]),
        id_by_rule=_by_rule([rule.rule_id for rule in scheme.first_rules]),
        fallback=quoted(scheme.fallback_segment_id),
        kind=scheme.method.kind,
        inputs=inputs(columns_of(scheme, columns), columns, placement),
        missing=MISSING_INPUT,
        uncovered=f"coalesce({placement.uncovered}, {quoted(UNCOVERED)})",
        value=scheme.value_column,
    )


def compile_cuts(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> str:
    """Compile the review of a ranking: a row for each group and cut, with `cut_value`.

    `unit_count` counts the units at or beyond the cut. Raises as `compile_scheme` does.
    """
    if not isinstance(scheme.method, Ranking):
        raise SchemeError(f"scheme {scheme.scheme_id} ranks nothing: there are no cuts to find")
    start = ruled(scheme, relation, columns)
    found = scheme.method.find_cuts(columns).rstrip()
    return start + _CUTS.format(method=found)


def _by_rule(values: Sequence[str]) -> str:
    """Write the branches of a case: a value for each first rule."""
    return "".join(
        f"\n            when _rule = {number} then {quoted(value)}"
        for number, value in enumerate(values, start=1)
    )


def _flip_segment(scheme: Scheme, columns: Mapping[str, str], flip: Flip) -> str:
    """Write the segment after a flip: that of the first rule which the new value makes fire."""
    branches = [
        branch
        for rule in scheme.first_rules
        for name in scheme.method.reads
        if (branch := _firing(rule, name, columns, flip))
    ]
    if not branches:
        return flip.segment
    lines = "".join(f"\n            {branch}" for branch in branches)
    return f"case{lines}\n            else {flip.segment}\n        end"


def _firing(rule: Rule, name: str, columns: Mapping[str, str], flip: Flip) -> str:
    """Write the branch of a first rule that reads a column which may flip; empty if it does not."""
    replaced = {name: f"cast({flip.value} as {columns[name]})"}
    condition = check_condition(rule.when, columns=columns, written_as=replaced)
    if name not in condition.columns:
        return ""
    return (
        f"when {flip.column} = {quoted(name)} and ({condition.sql}) then {quoted(rule.segment_id)}"
    )

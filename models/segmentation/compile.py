"""From a scheme to one SQL statement that assigns, explains and tells what would flip.

The statement reads a relation with one row per unit (the keys and the feature columns) and gives
one row per unit: the keys, segment_id, rule_id, inputs (JSON text), fallback_code, flip_column,
flip_value, flip_segment_id, value_at_stake_amount. It is written to run on DuckDB and Spark alike.

`flip_value` is the nearest value of `flip_column` that, all else held, moves the unit to
`flip_segment_id`. For thresholds and demand patterns it is exactly the nearest on the grid of the
column (`grid.py`); for a Pareto share it is so within the bound that `pareto.py` states. Only the
cuts of the method are searched, and a value that would make a first rule fire says that rule's
segment. Units caught by a first rule, units without an input, and the cells of a matrix (whose
flips are its parents') have none.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from models.segmentation.conditions import check_condition
from models.segmentation.grid import decimals_of
from models.segmentation.pareto import pareto_ctes
from models.segmentation.pointwise import matrix_cte, pattern_cte, thresholds_cte
from models.segmentation.scheme import (
    DemandPattern,
    Matrix,
    ParetoShare,
    Scheme,
    SchemeError,
    Thresholds,
    method_columns,
    method_name,
)
from models.segmentation.sql_values import kind_of, quoted

MISSING_INPUT = "MISSING_INPUT"
RESULT_COLUMNS = (
    "segment_id", "rule_id", "inputs", "fallback_code",
    "flip_column", "flip_value", "flip_segment_id", "value_at_stake_amount",
)  # fmt: skip

DOUBLE_MEASURE_DECIMALS = 6  # a Pareto measure that is a double is added up in this many
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPE = re.compile(r"[A-Za-z]+( *\( *\d+ *(, *\d+ *)?\))?")
_STATEMENT = """\
with

units as (
    select {columns}
    from {relation}
),

ruled as (  -- the first rule that fired, in order; a null condition has not fired
    select
        units.*,
        {rule} as _rule,
        {incomplete} as _is_incomplete
    from units
),

{method},

judged as (
    select
        placed.*,
        {flip_segment} as _turns_to
    from placed
),

final as (
    select
        {keys},
        case{segment_by_rule}
            when _is_incomplete then {fallback}
            else _segment
        end as segment_id,
        case{id_by_rule}
            when _is_incomplete then 'fallback'
            else '{method_name}.' || _segment
        end as rule_id,
        {inputs} as inputs,
        case when {is_open} and _is_incomplete then '{missing}' end as fallback_code,
        case when {flips} then _flip_column end as flip_column,
        case when {flips} then cast(_flip_value as double) end as flip_value,
        case when {flips} then _turns_to end as flip_segment_id,
        cast({value} as decimal(18, 4)) as value_at_stake_amount
    from judged
)

select * from final
"""


def compile_scheme(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> str:
    """Compile a scheme over `relation`, whose `columns` map names to SQL types.

    Raises RuleError for a condition that is refused, SchemeError for a scheme that does not fit
    the relation.
    """
    conditions = [check_condition(rule.when, columns=columns) for rule in scheme.first_rules]
    needed = method_columns(scheme.method)
    read = tuple(dict.fromkeys([c for each in conditions for c in each.columns] + list(needed)))
    check_names(scheme, relation, columns, read)
    incomplete = " or ".join(f"{name} is null" for name in needed)
    is_open = "_rule is null"
    return _STATEMENT.format(
        columns=", ".join(dict.fromkeys((*scheme.keys, *read, scheme.value_column))),
        relation=relation,
        rule=number_of_first([condition.sql for condition in conditions]),
        incomplete=incomplete,
        method=_method_ctes(scheme, columns).rstrip(),
        flip_segment=_flip_segment(scheme, columns),
        keys=", ".join(scheme.keys),
        segment_by_rule=branch_by_rule(rule.segment_id for rule in scheme.first_rules),
        id_by_rule=branch_by_rule(rule.rule_id for rule in scheme.first_rules),
        fallback=quoted(scheme.fallback_segment_id),
        method_name=method_name(scheme.method),
        inputs=_inputs(scheme, read, columns),
        is_open=is_open,
        missing=MISSING_INPUT,
        flips=f"{is_open} and not _is_incomplete and _turns_to <> _segment",
        value=scheme.value_column,
    )


def check_names(
    scheme: Scheme, relation: str, columns: Mapping[str, str], read: Sequence[str]
) -> None:
    """Raise SchemeError for a column that the relation lacks, or a name that SQL cannot hold."""
    for name in (*scheme.keys, *read, scheme.value_column):
        if name not in columns:
            near = get_close_matches(name, columns, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise SchemeError(f"scheme {scheme.scheme_id}: no column {name} in {relation}{hint}")
        if not _NAME.fullmatch(name) or not _TYPE.fullmatch(columns[name]):
            raise SchemeError(f"column {name!r} of type {columns[name]!r} cannot stand in SQL")
    if clash := set(scheme.keys) & set(RESULT_COLUMNS):
        raise SchemeError(f"scheme {scheme.scheme_id}: keys are named like results: {clash}")
    if not all(map(_NAME.fullmatch, relation.split("."))):
        raise SchemeError(f"relation {relation!r} cannot stand in SQL")


def _method_ctes(scheme: Scheme, columns: Mapping[str, str]) -> str:
    match scheme.method:
        case ParetoShare() as method:
            decimals = decimals_of(columns[method.measure])
            return pareto_ctes(
                method, decimals=DOUBLE_MEASURE_DECIMALS if decimals is None else decimals
            )
        case Thresholds() as method:
            return thresholds_cte(method, columns)
        case DemandPattern() as method:
            return pattern_cte(method, columns)
        case Matrix() as method:
            return matrix_cte(method)


def number_of_first(conditions: Sequence[str]) -> str:
    """Which condition is the first true one, counted from 1."""
    if not conditions:
        return "cast(null as integer)"
    branches = (f"when {sql} then {number}" for number, sql in enumerate(conditions, start=1))
    return "case" + "".join(f"\n            {branch}" for branch in branches) + "\n        end"


def branch_by_rule(values: Iterable[str]) -> str:
    """Write the branches of a case: a value for each first rule."""
    return "".join(
        f"\n            when _rule = {number} then {quoted(value)}"
        for number, value in enumerate(values, start=1)
    )


def _flip_segment(scheme: Scheme, columns: Mapping[str, str]) -> str:
    """The segment after a flip: that of the first rule which the new value makes fire, if any."""
    branches = []
    for rule in scheme.first_rules:
        for name in method_columns(scheme.method):
            replaced = {name: f"cast(_flip_value as {columns[name]})"}
            condition = check_condition(rule.when, columns=columns, written_as=replaced)
            if name in condition.columns:
                branches.append(
                    f"when _flip_column = {quoted(name)} and ({condition.sql}) "
                    f"then {quoted(rule.segment_id)}"
                )
    if not branches:
        return "_flip_segment"
    lines = "".join(f"\n            {branch}" for branch in branches)
    return f"case{lines}\n            else _flip_segment\n        end"


def _inputs(scheme: Scheme, read: Sequence[str], columns: Mapping[str, str]) -> str:
    """JSON text of the columns read, and of the place in the ranking."""
    pairs = [(name, _json_text(name, columns[name])) for name in read]
    if isinstance(scheme.method, ParetoShare):
        pairs += [
            ("rank", _json_text("_rank", "bigint")),
            ("cumulative_share_before", _json_text("_share_before", "double")),
            ("cumulative_share", _json_text("_share_through", "double")),
        ]
    parts = [
        f"""'{"," if number else "{"}"{name}":' || coalesce({text}, 'null')"""
        for number, (name, text) in enumerate(pairs)
    ]
    return "\n        || ".join([*parts, "'}'"])


def _json_text(name: str, data_type: str) -> str:
    """The JSON of a value; engines print doubles in their own ways, so decimals are printed."""
    kind = kind_of(data_type)
    if kind == "number" and decimals_of(data_type) is None:
        text = f"cast(cast({name} as decimal(38, 12)) as string)"
        return f"trim(trailing '.' from trim(trailing '0' from {text}))"
    if kind in {"number", "boolean"}:
        return f"cast({name} as string)"
    if kind == "text":
        for code, written in ((92, "chr(92) || chr(92)"), (34, "chr(92) || chr(34)")):
            name = f"replace({name}, chr({code}), {written})"
        for code in (9, 10, 13):
            name = f"replace({name}, chr({code}), ' ')"
        return f"""'"' || {name} || '"'"""
    return f"""'"' || cast({name} as string) || '"'"""

"""The start of every statement of a scheme: its units, and the first rules that caught some."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from models.segmentation.conditions import check_condition
from models.segmentation.errors import SchemeError
from models.segmentation.methods.method import STOOD
from models.segmentation.scheme import Scheme

RESULT_COLUMNS = (
    "segment_id", "banded_segment_id", "rule_id", "inputs", "contributions", "fallback_code",
    "flip_column", "flip_value", "flip_segment_id", "value_at_stake_amount",
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TYPE = re.compile(r"[A-Za-z]+( *\( *\d+ *(, *\d+ *)?\))?")
_RULED = """\
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

"""


def columns_of(scheme: Scheme, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return the features that a scheme reads, in the order of their use."""
    conditions = [check_condition(rule.when, columns=columns) for rule in scheme.first_rules]
    names = [name for condition in conditions for name in condition.columns]
    return tuple(dict.fromkeys((*names, *scheme.method.reads)))


def _checked(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> tuple[str, ...]:
    read = columns_of(scheme, columns)
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
    return read


def ruled(scheme: Scheme, relation: str, columns: Mapping[str, str]) -> str:
    """Write `units` and `ruled`: what a scheme reads, and the first rule that each unit has met.

    Raises RuleError for a condition that is refused, SchemeError for a column that the relation
    lacks or a name that SQL cannot hold.
    """
    read = _checked(scheme, relation, columns)
    stood = [STOOD] if scheme.band else []
    incomplete = [f"{name} is null" for name in scheme.method.needs]
    conditions = [check_condition(rule.when, columns=columns) for rule in scheme.first_rules]
    return _RULED.format(
        columns=", ".join(dict.fromkeys((*scheme.keys, *read, scheme.value_column, *stood))),
        relation=relation,
        rule=_number_of_first([condition.sql for condition in conditions]),
        incomplete=" or ".join(incomplete) or "false",
    )


def _number_of_first(conditions: Sequence[str]) -> str:
    """Write which condition is the first true one, counted from 1."""
    if not conditions:
        return "cast(null as integer)"
    branches = (f"when {sql} then {number}" for number, sql in enumerate(conditions, start=1))
    return "case" + "".join(f"\n            {branch}" for branch in branches) + "\n        end"

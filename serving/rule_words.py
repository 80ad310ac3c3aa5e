"""Says in words why a rule fired, and what would have changed its mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from serving.schemes import Scheme
from serving.wording import share, shown, spoken

FALLBACK = "fallback"
Inputs = Mapping[str, object]


def why(scheme: Scheme, rule_id: str, segment: str, inputs: Inputs) -> str:
    """Return the reason of an assignment as one sentence without its full stop."""
    if rule_id in scheme.first:
        return f"first rule `{rule_id}` holds: {scheme.first[rule_id]}"
    if rule_id == FALLBACK:
        return f"an input is missing, and the fallback is {segment}"
    reasons = {
        "pareto_share": _pareto,
        "thresholds": _thresholds,
        "demand_pattern": _pattern,
        "matrix": _matrix,
    }
    reason = reasons.get(scheme.kind)
    return reason(scheme, segment, inputs) if reason else f"rule `{rule_id}`"


def flip(column: str, now: object, value: float, segment: str) -> str:
    """Return what would move a unit to another segment."""
    verb = "were"
    if isinstance(now, int | float):
        verb = "fell to" if value < now else "rose to"
    return f"would be {segment} if {column} {verb} {number(value)} (now {number(now)})"


def held(failed: Sequence[Mapping[str, Any]], inputs: Inputs) -> str:
    """Return which values keep a unit where it is; a cell is held by those of its schemes."""
    own = [check for check in failed if check["column_name"] in inputs] or failed
    said = "; ".join(
        f"{check['column_name']} {number(check['value'])} failed {_check(check)}" for check in own
    )
    return f"it keeps its segment: {said}" if said else "it keeps its segment"


def _check(check: Mapping[str, Any]) -> str:
    compared = number(check["compared_value"])
    return {
        "sign": f"its sign: {compared} is the least there can be",
        "jump": f"its jump check: {compared} was trusted last, on {check['trusted_date']}",
        "reconciliation": f"its reconciliation: the control comes to {compared}",
        "currency": f"its currency check: {compared} amounts behind it are unknown",
    }[str(check["check_name"])]


def number(value: object) -> str:
    """Return an input with the four decimals that can decide."""
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return shown(value, "units")


def _pareto(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    measure = spoken(scheme.method["measure"])
    before = inputs.get("cumulative_share_before")
    cut = scheme.cuts.get(segment)
    if not isinstance(before, int | float) or cut is None:
        return f"ranked by {measure}"
    if before == 0:
        return f"no item is worth more by {measure}"
    if cut == 1:
        floors = [upper for upper, last in pairwise(scheme.cuts.values()) if last == cut]
        return (
            f"items worth more hold {share(before)} of the {measure}, "
            f"at or past the cut of {share(floors[0])}"
        )
    return f"items worth more hold {share(before)} of the {measure}, short of the {share(cut)} cut"


def _thresholds(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    column = scheme.method["column"]
    value = f"{spoken(column)} is {number(inputs.get(column))}"
    if segment in scheme.cuts:
        return f"{value}, and {segment} reaches up to {number(scheme.cuts[segment])}"
    return f"{value}, above the last cut at {number(max(scheme.cuts.values()))}"


def _pattern(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    del segment
    columns = (
        (scheme.method.get("adi_column", "adi_ratio"), "adi_cut", 1.32, "demand interval"),
        (scheme.method.get("cv2_column", "cv2_ratio"), "cv2_cut", 0.49, "CV² of sizes"),
    )
    parts = []
    for column, key, preset, words in columns:
        value, cut = inputs.get(column), float(scheme.method.get(key, preset))
        side = "below" if isinstance(value, int | float) and value < cut else "not below"
        parts.append(f"{words} {number(value)} is {side} {number(cut)}")
    return ", ".join(parts)


def _matrix(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    del segment
    parents = (scheme.method["rows"], scheme.method["columns"])
    return ", ".join(f"{parent} is {shown(inputs.get(parent))}" for parent in parents)

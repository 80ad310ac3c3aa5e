"""Says in words why a rule fired, and what would have changed its mind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.segmentation.compile import UNCOVERED
from models.segmentation.methods.cells import RULE_CONFLICT
from models.segmentation.methods.matrix import DISAGREED
from serving.schemes import Scheme
from serving.wording import shown, spoken

FALLBACK = "fallback"
DECIMALS = 4  # of an input, as people read it
_CAUSES = {
    UNCOVERED: "no rule covers it",
    "EXCLUDED": "a value is missing, and its ladder ends in an exclusion",
    RULE_CONFLICT: "rules are true of it that may not be so together",
}
Inputs = Mapping[str, object]


def why(
    scheme: Scheme, rule_id: str, segment: str, inputs: Inputs, *, fallback_code: str | None = None
) -> str:
    """Return the reason of an assignment as one sentence without its full stop."""
    if rule_id in scheme.first:
        return f"first rule `{rule_id}` holds: {scheme.first[rule_id]}"
    if rule_id == FALLBACK:
        cause = _CAUSES.get(fallback_code or "", "an input is missing")
        return f"{cause}, and the fallback is {segment}"
    if scheme.kind == "matrix":
        return _matrix(scheme, rule_id, inputs)
    if scheme.kind in {"decision_table", "decision_tree"}:
        return _by_rule(scheme, rule_id.removeprefix(f"{scheme.kind}."))
    reasons = {
        **dict.fromkeys(("pareto_share", "pareto_value", "item_share", "item_count"), _ranked),
        "quantiles": _quantiles,
        "thresholds": _thresholds,
        "demand_pattern": _pattern,
        "weighted_score": _score,
    }
    reason = reasons.get(scheme.kind)
    return reason(scheme, segment, inputs) if reason else f"rule `{rule_id}`"


def _by_rule(scheme: Scheme, name: str) -> str:
    """Return the rule of a table with its condition, or the leaf of a tree."""
    for line in scheme.method.get("rules", ()):
        if line["rule"] == name:
            return f"rule `{name}` holds: {line['when']}"
    return f"the tests lead to `{name}`"


def flip(column: str, now: object, value: float, segment: str) -> str:
    """Return what would move a unit to another segment.

    A value just beyond a cut, by a digit that is not shown, is beyond what is shown.
    """
    verb, shown_value = "were", round(value, DECIMALS)
    if isinstance(now, int | float):
        falls = value < now
        verb = ("fell" if falls else "rose") + " to"
        if (shown_value > value) if falls else (shown_value < value):
            verb = "fell below" if falls else "rose above"
    return f"would be {segment} if {column} {verb} {number(value)} (now {number(now)})"


# What a move waits for, as `hold_reason` names it.
WAITS = {
    "band": "the value is inside of the band of the cut",
    "confirmation": "the rules have not said the move on enough nights yet",
    "dwell": "it has moved too short ago",
    "cooldown": "it has left that segment too short ago",
    "notice": "the notice of the move has not run out",
    "review": "the next review is awaited",
    "cap": "as many have moved between two reviews as may",
}


def held(reason: str, failed: Sequence[Mapping[str, Any]], inputs: Inputs) -> str:
    """Return what keeps a unit where it is; a cell is held by what holds its schemes."""
    if reason == "exception":
        return "a segment that it is made of stands apart for a time"
    if reason in WAITS:
        return f"it keeps its segment: {WAITS[reason]}"
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
        return f"{value:,.{DECIMALS}f}".rstrip("0").rstrip(".")
    return shown(value, "units")


def _ranked(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    column = scheme.method["measure"]
    said = f"{spoken(column)} is {number(inputs.get(column))}"
    cuts = {name: inputs.get(f"{name}_from") for name in scheme.segments}
    known = {name: cut for name, cut in cuts.items() if isinstance(cut, int | float)}
    if not known:
        return f"{said}, and no unit of its group has a rank yet"
    since = f"as of the review of {inputs.get('reviewed_date')}"
    if segment in known:
        return f"{said}, and {segment} begins at {number(known[segment])} {since}"
    name, cut = min(known.items(), key=lambda pair: pair[1])
    return f"{said}, below {number(cut)}, where {name} begins {since}"


def _quantiles(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    column = scheme.method["measure"]
    said = f"{spoken(column)} is {number(inputs.get(column))}"
    cuts = {name: inputs.get(f"{name}_up_to") for name in scheme.segments}
    since = f"as of the review of {inputs.get('reviewed_date')}"
    if cuts.get(segment) is not None:
        return f"{said}, and {segment} reaches up to {number(cuts[segment])} {since}"
    return f"{said}, above all that the other segments reach up to {since}"


def _score(scheme: Scheme, segment: str, inputs: Inputs) -> str:
    score = f"its score is {number(inputs.get('score'))}"
    if segment in scheme.cuts:
        return f"{score}, and {segment} begins at {number(scheme.cuts[segment])}"
    return f"{score}, below the last cut at {number(min(scheme.cuts.values()))}"


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


def _matrix(scheme: Scheme, rule_id: str, inputs: Inputs) -> str:
    said = ", ".join(f"{axis} is {shown(inputs.get(axis))}" for axis in scheme.axes)
    _, _, winner = rule_id.partition(DISAGREED)
    if not winner:
        return said
    wins = {"rows": scheme.axes[0], "columns": scheme.axes[1]}.get(winner, f"the {winner} class")
    return f"{said}: they disagree, and {wins} wins"

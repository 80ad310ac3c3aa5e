"""What a scheme is: which units it classifies, into which segments, by which rules.

A scheme tests its first rules in order (new, no demand, out of scope), and gives every unit that
none of them caught to one method. All values are plain data; `compile.py` turns them into SQL.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import pairwise

PATTERNS = ("smooth", "erratic", "intermittent", "lumpy")  # segments of a demand pattern
SEMANTICS = 1  # raise it when a compiled scheme means something new, so that hashes change


class SchemeError(ValueError):
    """A scheme that contradicts itself; the text names the part and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A first rule: units for which `when` is true get `segment_id`; null is not true."""

    rule_id: str
    segment_id: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The upper end of a segment: a cumulative share (0 to 1), or a value of the column."""

    segment_id: str
    up_to: Decimal


@dataclass(frozen=True, kw_only=True)
class ParetoShare:
    """Classes by cumulative share of a measure, largest first, as in an ABC analysis.

    The last cut is at 1. A unit belongs to the first class whose cut is above the share held by
    the units strictly larger than it: the unit that crosses a cut stays in the upper class, and
    units of equal measure share a class. A measure of zero or less goes to the last class and
    counts for nothing in the total. `within` names columns that split the units into groups, each
    ranked by itself.
    """

    measure: str
    cuts: tuple[Cut, ...]
    within: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse cuts that do not climb to 1."""
        _check_cuts(self.cuts)
        if len(self.cuts) < 2 or self.cuts[0].up_to <= 0 or self.cuts[-1].up_to != 1:
            raise SchemeError("two cuts or more, above 0, and the last one at 1")
        if any(cut.up_to != round(cut.up_to, 6) for cut in self.cuts):
            raise SchemeError("a share has six decimals at most")


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Classes by one column: the first cut with `value <= up_to`, else the last segment."""

    column: str
    cuts: tuple[Cut, ...]
    last_segment_id: str

    def __post_init__(self) -> None:
        """Refuse cuts out of order."""
        _check_cuts(self.cuts, self.last_segment_id)


@dataclass(frozen=True, kw_only=True)
class DemandPattern:
    """Smooth, erratic, intermittent or lumpy, by mean demand interval and squared variation.

    A value at its cut belongs to the upper side. Source of the cuts: Syntetos, Boylan & Croston
    (2005), J. Oper. Res. Soc. 56, 495-503.
    """

    adi_column: str
    cv2_column: str
    adi_cut: Decimal = Decimal("1.32")
    cv2_cut: Decimal = Decimal("0.49")

    def __post_init__(self) -> None:
        """Refuse cuts that no ratio can be on both sides of."""
        if self.adi_cut <= 0 or self.cv2_cut <= 0:
            raise SchemeError("the cuts of a demand pattern are positive")


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Cells of two schemes: the row's segment followed by the column's, as in AX.

    The relation holds the two assignments in columns named like the schemes. A segment of
    `pass_through` names a unit that no cell describes: it is kept as it is, the row's first.
    """

    row_scheme: str
    column_scheme: str
    pass_through: tuple[str, ...] = ("new", "no_demand", "out_of_scope")


Method = ParetoShare | Thresholds | DemandPattern | Matrix


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One classification of one kind of unit.

    `unit` says for people what one row is, `keys` are the columns that identify it. A unit for
    which the method lacks an input gets `fallback_segment_id`. `value_column` is the amount at
    stake in a decision about the unit, in reporting currency.
    """

    scheme_id: str
    title: str
    unit: str
    keys: tuple[str, ...]
    first_rules: tuple[Rule, ...]
    method: Method
    fallback_segment_id: str
    value_column: str

    def __post_init__(self) -> None:
        """Refuse a scheme without keys, or with two rules of one name."""
        if not self.keys:
            raise SchemeError(f"scheme {self.scheme_id} has no keys: what is one unit?")
        names = [rule.rule_id for rule in self.first_rules]
        if len(names) != len(set(names)):
            raise SchemeError(f"scheme {self.scheme_id} has two rules of one name: {names}")


def method_name(method: Method) -> str:
    """The name of a method in configuration and in rule ids: pareto_share, thresholds, …."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(method).__name__).lower()


def method_columns(method: Method) -> tuple[str, ...]:
    """The columns without which a method cannot decide."""
    match method:
        case ParetoShare():
            return (method.measure, *method.within)
        case Thresholds():
            return (method.column,)
        case DemandPattern():
            return (method.adi_column, method.cv2_column)
        case Matrix():
            return (method.row_scheme, method.column_scheme)


def rule_hash(scheme: Scheme) -> str:
    """Sha256 of all that decides an assignment: everything of the scheme but its title."""
    content = {"semantics": SEMANTICS, "method_name": method_name(scheme.method), **asdict(scheme)}
    del content["title"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=plain_decimal)
    return hashlib.sha256(text.encode()).hexdigest()


def plain_decimal(value: Decimal) -> str:
    """Write a decimal without exponent or trailing zeros: 0.80 and 0.8 are one cut."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_cuts(cuts: Sequence[Cut], *other_segments: str) -> None:
    values = [cut.up_to for cut in cuts]
    shown = ", ".join(map(str, values)) or "there are none"
    if not values or not all(value.is_finite() for value in values):
        raise SchemeError(f"cuts are numbers: {shown}")
    if any(high <= low for low, high in pairwise(values)):
        raise SchemeError(f"cuts climb: {shown}")
    names = [*(cut.segment_id for cut in cuts), *other_segments]
    if len(names) != len(set(names)):
        raise SchemeError(f"a segment has one place among the cuts: {', '.join(names)}")

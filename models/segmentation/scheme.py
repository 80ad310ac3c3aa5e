"""What a scheme is: which units it classifies, into which segments, by which rules.

A scheme tests its first rules in order (new, no demand, out of scope), and gives every unit that
none of them caught to one method. All values are plain data; `compile.py` turns them into SQL.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.methods.method import Method
from models.segmentation.sql_values import plain_decimal

SEMANTICS = 2  # raise it when a compiled scheme means something new, so that hashes change


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A first rule: units for which `when` is true get `segment_id`; null is not true."""

    rule_id: str
    segment_id: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One classification of one kind of unit.

    `unit` says for people what one row is, `keys` are the columns that identify it. A unit for
    which the method lacks an input gets `fallback_segment_id`. `value_column` is the amount at
    stake in a decision about the unit, in reporting currency. `band` is the share of a cut by which
    a value must be beyond it before a unit leaves its segment.
    """

    scheme_id: str
    title: str
    unit: str
    keys: tuple[str, ...]
    first_rules: tuple[Rule, ...]
    method: Method
    fallback_segment_id: str
    value_column: str
    band: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Refuse a scheme without keys, or with two rules of one name."""
        if not self.keys:
            raise SchemeError(f"scheme {self.scheme_id} has no keys: what is one unit?")
        names = [rule.rule_id for rule in self.first_rules]
        if len(names) != len(set(names)):
            raise SchemeError(f"scheme {self.scheme_id} has two rules of one name: {names}")


def rule_hash(scheme: Scheme) -> str:
    """Sha256 of all that decides an assignment: everything of the scheme but its title."""
    return _digest(_content(scheme))


def cuts_hash(scheme: Scheme) -> str:
    """Sha256 of all that a review depends on: who is ranked, by what, and where it is cut."""
    content = _content(scheme)
    for name in ("fallback_segment_id", "value_column", "band"):
        del content[name]
    return _digest(content)


def _content(scheme: Scheme) -> dict[str, object]:
    content = {"semantics": SEMANTICS, "method_name": scheme.method.kind, **asdict(scheme)}
    content["method"] = scheme.method.hashed()
    del content["title"]
    return content


def _digest(content: dict[str, object]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=plain_decimal)
    return hashlib.sha256(text.encode()).hexdigest()

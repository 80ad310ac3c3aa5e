"""Classes by a decision table: rules with a condition and a segment, under a DMN hit policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import HitPolicy
from models.segmentation.methods.cells import NamedRule, place_by_cells
from models.segmentation.methods.method import Method, Placement
from models.segmentation.partition.predicate import columns_of, predicate


@dataclass(frozen=True, kw_only=True)
class TableRule:
    """A line of the table: a unit for which `when` is true may get `segment_id`."""

    rule_id: str
    segment_id: str
    when: str


@dataclass(frozen=True, kw_only=True)
class DecisionTable(Method):
    """Rules under a hit policy; a condition that is null has not fired.

    No input is missing for it: a rule may ask whether one is null. A unit of which no rule is
    true has no segment, and neither has one of which rules are true that may not be so together;
    the branch of the latter is `conflict`.
    """

    rules: tuple[TableRule, ...]
    policy: HitPolicy

    def __post_init__(self) -> None:
        """Refuse a table without rules, rules of one name, and segments that the order lacks."""
        if not self.rules:
            raise SchemeError("a decision table has rules")
        names = [rule.rule_id for rule in self.rules]
        if len(names) != len(set(names)):
            raise SchemeError(f"two rules of one name: {', '.join(names)}")
        self.policy.ranked([rule.segment_id for rule in self.rules])

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of all conditions, first use first."""
        return tuple(dict.fromkeys(c for rule in self.rules for c in columns_of(rule.when)))

    @property
    def needs(self) -> tuple[str, ...]:
        """None: what is null is for the conditions to say."""
        return ()

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments in their order, or as the rules name them."""
        return self.policy.order or tuple(dict.fromkeys(rule.segment_id for rule in self.rules))

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the table; raises RuleError for a condition, SchemeError for a table too large.

        It has no bands: its conditions are not one ladder.
        """
        del band
        conditions = [predicate(rule.when, columns) for rule in self.rules]
        rules = [NamedRule(name=r.rule_id, segment_id=r.segment_id) for r in self.rules]
        return place_by_cells(conditions, columns, rules, self.policy)

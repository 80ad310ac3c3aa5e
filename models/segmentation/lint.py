"""What is wrong with rules, found on the exact partition of their inputs, and shown by a row.

A finding that is *proven* holds for the row it shows, whatever other columns hold. Where a rule
reads what is not understood (`predicate.py`), a finding that depends on it is not proven: it may be
so. Nothing is sampled. Some rule sets need exponentially many steps: that is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from itertools import combinations

from models.segmentation.hit_policy import Hit, HitPolicy
from models.segmentation.partition.boxes import MAXIMUM_BOXES, boxes
from models.segmentation.partition.diagram import TooCostlyError
from models.segmentation.partition.exact import STEPS, Found, Partition, partition
from models.segmentation.partition.monotone import Direction, Outcome
from models.segmentation.partition.predicate import Predicate


class Code(StrEnum):
    """What can be found."""

    GAP = "RULE_GAP"
    GAP_NULL = "RULE_GAP_NULL"
    OVERLAP = "RULE_OVERLAP"
    UNREACHABLE = "RULE_UNREACHABLE"
    CONFLICT = "RULE_CONFLICT"
    CONTRADICTION = "RULE_CONTRADICTION"
    NOT_MONOTONE = "RULE_NOT_MONOTONE"
    BARRED_COLUMN = "RULE_BARRED_COLUMN"
    UNPROVEN = "RULE_UNPROVEN"
    TOO_COSTLY = "RULE_TOO_COSTLY"


# A rule set with one of these, proven, does not run.
REFUSED = frozenset({Code.OVERLAP, Code.UNREACHABLE, Code.BARRED_COLUMN, Code.TOO_COSTLY})
SEGMENT = "segment"  # the output that classifies; a rule may set others


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing found: the rules concerned, in words, and a row of values that shows it."""

    code: Code
    rules: tuple[str, ...]
    detail: str
    witness: Mapping[str, str | None] = field(default_factory=dict)
    is_proven: bool = True

    @property
    def is_refused(self) -> bool:
        """Whether the rule set does not run because of it."""
        return self.is_proven and self.code in REFUSED


@dataclass(frozen=True, kw_only=True)
class LintedRule:
    """A rule: when it is true, and the value that it gives each output."""

    name: str
    when: Predicate
    outcome: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """Rules under a hit policy, after `first` rules that are asked before them, in order.

    `monotone` says of a column whether more of it may only move a unit up or down in the order of
    segments.
    """

    rules: tuple[LintedRule, ...]
    policy: HitPolicy
    first: tuple[LintedRule, ...] = ()
    monotone: Mapping[str, Direction] = field(default_factory=dict)


def lint(rules: RuleSet, columns: Mapping[str, str], *, limit: int = STEPS) -> list[Finding]:
    """Find what is wrong with rules; `columns` map names to SQL types.

    All questions together end after `limit` steps.
    """
    conditions = [rule.when for rule in (*rules.first, *rules.rules)]
    try:
        parts = partition(conditions, columns, limit=limit)
    except TooCostlyError:
        names = tuple(rule.name for rule in rules.rules)
        detail = f"a condition takes over {limit:,} steps to take apart"
        return [Finding(code=Code.TOO_COSTLY, rules=names, detail=detail)]
    return list(_Linter(rules, parts, limit).findings())


class _Linter:
    """Asks one question after the other of a partition."""

    def __init__(self, rules: RuleSet, parts: Partition, limit: int) -> None:
        self.rules, self.parts = rules.rules, parts
        self.limit = self.left = limit
        self.policy, self.monotone, self.before = rules.policy, rules.monotone, rules.first
        self.first = parts.fires[: len(rules.first)]
        self.fires = parts.fires[len(rules.first) :]

    def findings(self) -> Iterator[Finding]:
        """Yield all findings; a question that costs too much is a finding."""
        questions = (
            ("whether rules exclude each other", self._together),
            ("whether every unit is covered", self._gap),
            ("whether the rules are monotone", self._not_monotone),
        )
        found: list[Finding] = []
        for place, (what, question) in enumerate(questions):
            try:
                for finding in self._asked(question, share=len(questions) + 1 - place):
                    found.append(finding)
            except TooCostlyError:
                found.append(self._unproven(what))
        yield from self._unreachable()
        yield from found
        yield from self._too_costly()

    def _asked(self, question: Callable[[], Iterator[Finding]], *, share: int) -> Iterator[Finding]:
        """Ask one of several questions; what it leaves of its share the others have."""
        budget = self.left // share
        self.parts.diagrams.begin(budget)
        try:
            yield from question()
        finally:
            self.left -= budget - self.parts.diagrams.left

    def _unreachable(self) -> Iterator[Finding]:
        asked = self.policy.ranked([rule.outcome[SEGMENT] for rule in self.rules])
        masks = self.policy.decides == "first" and not self.policy.is_list
        questions = [(r, self.first[n], self.first[:n]) for n, r in enumerate(self.before)]
        for place, number in enumerate(asked):
            earlier = tuple(self.fires[other] for other in asked[:place]) if masks else ()
            questions.append((self.rules[number], self.fires[number], self.first + earlier))
        unknown = []
        for place, (rule, fires, before) in enumerate(questions):
            question = partial(self._never, rule, fires, before)
            try:
                yield from self._asked(question, share=len(questions) - place)
            except TooCostlyError:
                unknown.append(rule.name)
        if unknown:
            yield self._unproven("whether these rules decide any unit", tuple(unknown))

    def _never(self, rule: LintedRule, fires: int, before: Sequence[int]) -> Iterator[Finding]:
        if self.parts.find([fires], before) is not None:
            return
        detail = "it is true of no unit"
        if self.parts.find([fires]) is not None:
            detail = "rules that come before it decide every unit of which it is true"
        yield Finding(code=Code.UNREACHABLE, rules=(rule.name,), detail=detail)

    def _together(self) -> Iterator[Finding]:
        """Pairs of rules that are true together, where that matters."""
        for (n, one), (m, other) in combinations(enumerate(self.rules), 2):
            differing = [o for o in one.outcome if o in other.outcome
                         and one.outcome[o] != other.outcome[o]]  # fmt: skip
            code, detail = self._wrong_together(one, other, differing)
            if code is None:
                continue
            found = self.parts.find([self.fires[n], self.fires[m]], self.first)
            if found is not None:
                yield self._finding(code, (one.name, other.name), found, detail)

    def _wrong_together(
        self, one: LintedRule, other: LintedRule, differing: Sequence[str]
    ) -> tuple[Code | None, str]:
        given = "; ".join(f"{o} is {one.outcome[o]} and {other.outcome[o]}" for o in differing)
        if self.policy.hit is Hit.UNIQUE:
            return Code.OVERLAP, "both are true" + (f": {given}" if given else "")
        if self.policy.hit is Hit.ANY and SEGMENT in differing:
            return Code.CONFLICT, f"both are true, and {given}"
        if [output for output in differing if output != SEGMENT]:
            return Code.CONTRADICTION, f"both are true, and {given}"
        return None, ""

    def _gap(self) -> Iterator[Finding]:
        found = self.parts.find([], self.first + self.fires) if self.rules else None
        if found is None:
            return
        if self.parts.has_null(found):
            yield self._finding(Code.GAP_NULL, (), found, "no rule is true where a value is null")
        else:
            yield self._finding(Code.GAP, (), found, "no rule is true")

    def _not_monotone(self) -> Iterator[Finding]:
        if not self.monotone:
            return
        outcome = Outcome(
            parts=self.parts,
            first=self.first,
            fires=self.fires,
            segments=[rule.outcome[SEGMENT] for rule in self.rules],
            policy=self.policy,
        )
        hidden = {name for atom in self.parts.opaque for name in atom.columns}
        for column, direction in self.monotone.items():
            if column in hidden:
                detail = f"{column} stands in a condition that is not understood"
                yield Finding(code=Code.UNPROVEN, rules=(), detail=detail, is_proven=False)
            fall = outcome.fall(column, direction)
            if fall is not None:
                (low, high), (one, other) = fall.values, fall.segments
                names = tuple(self.rules[number].name for number in fall.rules)
                detail = f"{column} {low} gives {one}, and {high} gives {other}"
                yield self._finding(Code.NOT_MONOTONE, names, fall.found, detail)

    def _too_costly(self) -> Iterator[Finding]:
        """Rules that take more boxes than a table may have."""
        if not self.rules:
            return
        try:
            boxes(self.parts, range(len(self.before), len(self.before) + len(self.rules)))
        except TooCostlyError as error:
            names = tuple(rule.name for rule in self.rules)
            detail = f"to run them takes {error}; a table may have {MAXIMUM_BOXES}"
            yield Finding(code=Code.TOO_COSTLY, rules=names, detail=detail)

    def _unproven(self, what: str, rules: tuple[str, ...] = ()) -> Finding:
        cells = self.parts.number_of_cells()
        detail = f"{what} is not known after {self.limit:,} steps, of {cells:.1e} cells"
        return Finding(code=Code.UNPROVEN, rules=rules, detail=detail, is_proven=False)

    def _finding(self, code: Code, rules: tuple[str, ...], found: Found, detail: str) -> Finding:
        return Finding(
            code=code,
            rules=rules,
            detail=detail if found.is_proven else detail.replace("are true", "may be true"),
            witness=self.parts.row(found),
            is_proven=found.is_proven,
        )

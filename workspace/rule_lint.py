"""Lint of the schemes of a workspace: what is wrong with their rules, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.segmentation.hit_policy import Hit, HitPolicy
from models.segmentation.lint import SEGMENT, Finding, LintedRule, RuleSet, lint
from models.segmentation.methods.decision_table import DecisionTable
from models.segmentation.methods.decision_tree import DecisionTree
from models.segmentation.methods.matrix import Matrix
from models.segmentation.organisation import barred_columns
from models.segmentation.partition.predicate import columns_of, predicate
from workspace.config.rule_methods import DecisionTableMethod, DecisionTreeMethod, Path
from workspace.config.scheme_file import SchemeFile
from workspace.folder import Workspace
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS
from workspace.variants import merge, overlays_of


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A finding, its scheme, and `file:line:column` of the rule, or of the method."""

    scheme_id: str
    place: str
    finding: Finding

    @property
    def sentence(self) -> str:
        """The finding in words: the rules, what is wrong with them, and a row that shows it."""
        finding = self.finding
        rules = f"{', '.join(f'`{rule}`' for rule in finding.rules)}: " if finding.rules else ""
        row = ", ".join(
            f"{name} {'is null' if value is None else f'= {value}'}"
            for name, value in finding.witness.items()
        )
        return f"{rules}{finding.detail}" + (f", as where {row}." if row else ".")


def lint_scheme(workspace: Workspace, name: str) -> list[Placed]:
    """Return what is wrong with the rules of a scheme whose conditions can be read."""
    read = workspace.schemes[name]
    paths = _paths(read.value)
    found = []
    for finding in _findings(read.value):
        # The later of two rules is the one that was added.
        path = paths.get(finding.rules[-1], ("method",)) if finding.rules else ("method",)
        place = read.document.place(path)
        found.append(Placed(scheme_id=name, place=place, finding=finding))
    return found


def lint_schemes(workspace: Workspace) -> list[Placed]:
    """Return what is wrong with the rules of all schemes by name, and what overlays make worse."""
    return [
        placed
        for name in sorted(workspace.schemes)
        for placed in (*lint_scheme(workspace, name), *_lint_overlays(workspace, name))
    ]


def _lint_overlays(workspace: Workspace, name: str) -> Iterator[Placed]:
    """Yield what is wrong with a scheme as overlays change it, and is not so without them."""
    base = {_known_by(placed.finding) for placed in lint_scheme(workspace, name)}
    for overlay in overlays_of(workspace, name):
        merged = merge(workspace, workspace.schemes[name], overlay)
        changed = replace(workspace, schemes={**workspace.schemes, name: merged})
        for placed in lint_scheme(changed, name):
            if _known_by(placed.finding) not in base:
                yield placed


def _known_by(finding: Finding) -> tuple[str, ...]:
    return (finding.code, *finding.rules, finding.detail)


def _findings(file: SchemeFile) -> Iterator[Finding]:
    columns = feature_columns(UNIT_KINDS[file.unit].key)
    yield from barred_columns(_reads(file), file.organisation)
    first = tuple(
        LintedRule(
            name=rule.rule, when=predicate(rule.when, columns), outcome={SEGMENT: rule.segment}
        )
        for rule in file.first
    )
    yield from lint(_rule_set(file, first, columns), columns)


def _rule_set(file: SchemeFile, first: tuple[LintedRule, ...], columns: dict[str, str]) -> RuleSet:
    stated, method = file.method, file.method.method()
    if isinstance(stated, DecisionTableMethod) and isinstance(method, DecisionTable):
        rules = tuple(
            LintedRule(
                name=rule.rule_id,
                when=predicate(rule.when, columns),
                outcome={SEGMENT: rule.segment_id},
            )
            for rule in method.rules
        )
        return RuleSet(rules=rules, policy=method.policy, first=first, monotone=stated.monotone)
    policy = HitPolicy(hit=Hit.FIRST)
    if isinstance(stated, DecisionTreeMethod) and isinstance(method, DecisionTree):
        rules = tuple(
            LintedRule(name=leaf.leaf, when=when, outcome={SEGMENT: leaf.segment_id})
            for leaf, when in method.paths(columns)
        )
        policy = HitPolicy(hit=Hit.FIRST, order=stated.order)
        return RuleSet(rules=rules, policy=policy, first=first, monotone=stated.monotone)
    return RuleSet(rules=(), policy=policy, first=first)


def _reads(file: SchemeFile) -> dict[str, list[str]]:
    """Return the columns that a scheme reads, each with the rules that read it."""
    method = file.method.method()
    reads: dict[str, list[str]] = {}
    for rule in file.first:
        for column in columns_of(rule.when):
            reads.setdefault(column, []).append(rule.rule)
    if isinstance(file.method, DecisionTableMethod):
        for line in file.method.rules:
            for column in columns_of(line.when):
                reads.setdefault(column, []).append(line.rule)
    elif not isinstance(method, Matrix):  # which reads schemes
        for column in method.reads:
            reads.setdefault(column, [])
    return reads


def _paths(file: SchemeFile) -> dict[str, Path]:
    """Return where each rule of a scheme stands; a leaf stands for the way that leads to it."""
    paths: dict[str, Path] = {
        rule.rule: ("first", number, "when") for number, rule in enumerate(file.first)
    }
    if isinstance(file.method, DecisionTableMethod):
        for number, line in enumerate(file.method.rules):
            paths[line.rule] = ("method", "rules", number, "when")
    if isinstance(file.method, DecisionTreeMethod):
        paths |= {leaf: ("method", *path) for path, leaf in file.method.leaves()}
    return paths

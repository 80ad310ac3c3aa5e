"""Rules of a scheme file: what is refused before a night, where, and what is only listed."""

from __future__ import annotations

import pytest

from models.segmentation.lint import Code
from tests.workspace.small_company import Company
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.rule_lint import lint_scheme, lint_schemes

FILE = "segmentation/service.yml"
HEAD = """\
scheme: service
title: Service
description: Service classes.
owner: supply planning
first:
  - {rule: no_demand, segment: no_demand, when: demand_weeks_count = 0}
"""
TABLE = (
    HEAD
    + """\
method:
  kind: decision_table
  order: [A, B]
  rules:
    - {rule: large, segment: A, when: margin_12m_amount >= 1000}
    - {rule: small, segment: B, when: margin_12m_amount < 1000}
    - {rule: unknown, segment: B, when: margin_12m_amount is null}
"""
)
TREE = (
    HEAD
    + """\
method:
  kind: decision_tree
  root:
    test: margin_12m_amount >= 1000
    yes: {leaf: large, segment: A}
    no:
      cases:
        - {when: weekly_cv_ratio < 1, then: {leaf: even, segment: A}}
        - when: weekly_cv_ratio >= 1
          then: {leaf: uneven, segment: B}
      otherwise: {leaf: short, segment: B}
    otherwise: {leaf: unknown, segment: B}
"""
)
RANKING = (
    HEAD
    + """\
method:
  kind: pareto_share
  measure: margin_12m_amount
  within: [site_id]
  cuts: {A: 0.8, B: 1}
"""
)


def faults(company: Company, text: str) -> list[tuple[str, str, str]]:
    """Code, line:column and cause of every fault of a scheme."""
    try:
        check_workspace(company.configure(FILE, text=text).open())
    except ConfigurationErrors as caught:
        prefix = f"{company.root}/{FILE}:"
        return [(e.code, e.place.removeprefix(prefix), e.cause) for e in caught.errors]
    return []


@pytest.mark.parametrize("text", [TABLE, TREE], ids=["table", "tree"])
def test_sound_rules_are_accepted(company: Company, text: str) -> None:
    assert faults(company, text) == []
    assert lint_schemes(company.configure(FILE, text=text).open()) == []


@pytest.mark.parametrize(
    ("text", "old", "new", "code", "place", "words"),
    [
        (TABLE, "< 1000", "<= 1000", "RULE_OVERLAP", "12:33",
         "`large`, `small`: both are true: segment is A and B, as where"),
        (TABLE, "is null", "< 5 and margin_12m_amount > 5", "RULE_UNREACHABLE", "13:35",
         "`unknown`: it is true of no unit."),
        (TABLE, "margin_12m_amount < 1000", "demand_weeks_count = 0", "RULE_UNREACHABLE", "12:33",
         "rules that come before it decide every unit"),
        (TABLE, ">= 1000", ">= 1000 and site_id = 'x'", "RULE_BARRED_COLUMN", "11:33",
         "`large`: site_id"),
        (TABLE, "demand_weeks_count = 0}", "demand_weeks_count = 0 and site_id = 'x'}",
         "RULE_BARRED_COLUMN", "6:43", "`no_demand`: site_id"),
        (RANKING, "", "", "RULE_BARRED_COLUMN", "7:1", "site_id is an organisation field"),
        (TREE, "weekly_cv_ratio >= 1\n", "weekly_cv_ratio < 1\n", "RULE_UNREACHABLE", "16:18",
         "`uneven`: it is true of no unit."),
        (TREE, "test: margin_12m_amount", "test: margin_amount", "CONFIG_UNKNOWN_COLUMN", "10:5",
         "margin_12m_amount"),
        (TREE, "weekly_cv_ratio < 1", "weekly_cv_ratio <", "RULE_SYNTAX", "14:12", "character 17"),
        (TABLE, "< 1000", "< 'few'", "RULE_TYPE", "12:33", "number and text"),
        (TABLE, "order: [A, B]", "monotone: {margin_12m_amount: up}", "CONFIG_VALUE", "7:1",
         "needs the place of A in `order`"),
        (TABLE, "order: [A, B]", "order: [A, B]\n  monotone: {margin: up}",
         "CONFIG_UNKNOWN_COLUMN", "10:14", "no feature"),
        (TABLE, "order: [A, B]", "hit: rule_order", "CONFIG_VALUE", "7:1", "needs take: first"),
        (TABLE, "order: [A, B]", "order: [A, B]\n  hit: frist", "CONFIG_VALUE", "10:3", "'first'"),
        (TABLE, "rule: small", "rule: large", "CONFIG_VALUE", "7:1", "two rules of one name"),
        (TREE, "leaf: even", "leaf: large", "CONFIG_VALUE", "7:1", "two leaves of one name"),
        (TREE, "leaf: even", "laef: even", "CONFIG_VALUE", "14:39", "missing"),
    ],
)  # fmt: skip
def test_a_fault_of_rules_is_named_with_its_place(
    company: Company, text: str, old: str, new: str, code: str, place: str, words: str
) -> None:
    found = faults(company, text.replace(old, new, 1))
    assert [(c, p) for c, p, _ in found][:1] == [(code, place)], found
    assert words in found[0][2]


def test_an_organisation_field_may_be_read_where_it_is_named(company: Company) -> None:
    assert faults(company, RANKING + "organisation: [site_id]\n") == []
    read = TABLE.replace("is null}", "is null and site_id = 'x'}")
    assert [code for code, _, _ in faults(company, read)] == ["RULE_BARRED_COLUMN"]
    assert faults(company, read + "organisation: [site_id]\n") == []


def test_what_is_not_proven_or_not_fatal_is_listed_and_not_refused(company: Company) -> None:
    text = TABLE.replace("is null}", "> sold_units_12m}").replace(
        "order: [A, B]", "order: [B, A]\n  monotone: {margin_12m_amount: up}"
    )
    assert faults(company, text) == []
    workspace = company.configure(FILE, text=text).open()
    found = [
        (placed.finding.code, placed.finding.is_proven)
        for placed in lint_scheme(workspace, "service")
    ]
    assert found == [
        (Code.OVERLAP, False),
        (Code.OVERLAP, False),
        (Code.GAP_NULL, False),
        (Code.UNPROVEN, False),
        (Code.NOT_MONOTONE, False),
    ]


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("{kind: thresholds, column: weekly_cv_ratio, cuts: {X: 2, Y: 1}, last: Z}", "cuts climb"),
        ("{kind: decision_table, rules: []}", "has rules"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_one_fault_though_a_policy_hangs_on_it(
    company: Company, method: str, words: str
) -> None:
    stated = "{kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}"
    spoiled = company.configure("segmentation/xyz.yml", (stated, method))
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(spoiled.open())
    assert [(error.code, words in error.cause) for error in caught.value.errors] == [
        ("CONFIG_VALUE", True)
    ]

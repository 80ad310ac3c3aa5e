from __future__ import annotations

import pytest

from tests.workspace import stewarded_company
from tests.workspace.small_company import Company
from tests.workspace.stewarded_company import faults_of
from workspace.concept_check import canonical

CONCEPT = """\
concepts:
  net_sales: {element: order_lines.net_amount, formula: gross - discount, owner: desk}
mappings:
"""


@pytest.fixture
def stewarded(company: Company) -> Company:
    return stewarded_company.stewarded(company)


@pytest.mark.parametrize(
    "formula",
    ["gross - discount", "(Gross) - discount", "gross-discount", "((gross)) - (discount)"],
)
def test_a_concept_may_be_written_in_other_words_of_the_same_meaning(formula: str) -> None:
    assert canonical(formula, "") == canonical("gross - discount", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("a + b * c", "c * b + a"), ("a + (b + c)", "(c + a) + b"), ("coalesce(a)", "COALESCE(a)")],
)
def test_operands_that_may_change_places_do_not_make_another_concept(one: str, other: str) -> None:
    assert canonical(one, "") == canonical(other, "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a - b", "b - a"),
        ("a + b", "a - b"),
        ("a * b", "a + b"),
        ("a", "-a"),
        ("a - (b - c)", "a - b - c"),
        ("a * 2", "a * 3"),
        ("coalesce(a, b)", "coalesce(b, a)"),
        ("a / b * c", "a / (b * c)"),
    ],
)
def test_formulas_that_mean_another_thing_are_told_apart(one: str, other: str) -> None:
    assert canonical(one, "") != canonical(other, "")


def _with_concept(company: Company, concept: str = CONCEPT) -> Company:
    """Return a company whose system, and another like it, declare a concept."""
    first = company.configure("sources/erp.yml", ("mappings:\n", CONCEPT))
    text = first.configuration["sources/erp.yml"].replace(CONCEPT, concept, 1)
    return first.configure("sources/two.yml", text=text.replace("system: erp", "system: two"))


def test_two_contracts_may_declare_the_same_concept(stewarded: Company) -> None:
    assert faults_of(_with_concept(stewarded)) == []


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("gross - discount", "gross"), "CONFIG_CONCEPT", "is `gross` here and `gross - "),
        (("owner: desk", "owner: items"), "CONFIG_OWNER", "by items here and by desk in erp"),
        (("order_lines.net_amount", "order_lines.cost"), "CONFIG_REFERENCE", "two maps no"),
        (("gross - discount", "gross -"), "CONFIG_EXPRESSION", "`gross -` is no expression"),
        (("gross - discount", "sum(gross)"), "CONFIG_EXPRESSION", "not allowed"),
    ],
)
def test_a_second_definition_of_a_concept_is_refused(
    stewarded: Company, change: tuple[str, str], code: str, words: str
) -> None:
    faults = faults_of(_with_concept(stewarded, CONCEPT.replace(*change)))
    assert (code, True) in [(found, words in cause) for found, _, cause in faults]
    assert all(place.startswith("sources/two.yml:") for _, place, _ in faults)


def test_the_owner_of_a_concept_is_the_steward_of_its_element(stewarded: Company) -> None:
    other = stewarded.configure("quality/stewards.yml", ("steward: desk,", "steward: items,"))
    faults = faults_of(_with_concept(other))
    assert {code for code, _, _ in faults} == {"CONFIG_OWNER"}
    assert "items is the steward of order_lines.net_amount" in faults[0][2]

from __future__ import annotations

from datetime import date

import pytest

from tests.workspace import stewarded_company
from tests.workspace.small_company import Company
from tests.workspace.stewarded_company import faults_of
from workspace.gated_elements import gated_elements


@pytest.fixture
def stewarded(company: Company) -> Company:
    return stewarded_company.stewarded(company)


def test_stewards_and_screens_that_are_sound_pass(stewarded: Company) -> None:
    assert faults_of(stewarded) == []


def test_stewards_and_screens_are_part_of_what_a_night_depends_on(stewarded: Company) -> None:
    files = [file.name for file in stewarded.open().configuration_files]
    assert {"stewards.yml", "outliers.yml"} <= set(files)


def test_without_files_there_are_neither(company: Company) -> None:
    quality = company.open().quality
    assert (quality.stewards, quality.outliers.metrics, quality.files) == (None, {}, ())


def test_gated_columns_are_those_that_anything_tests(stewarded: Company) -> None:
    gated = gated_elements(stewarded.open())
    assert {"net_amount", "quantity_units", "order_id"} <= set(gated["order_lines"])  # the entity
    assert "quantity_units" in gated["fct_order_line"]  # the screen
    assert "adi_ratio" in gated["feat_demand_profile"]  # the suite
    assert gated["golden_product"] == ("product_id",)  # the key
    assert "receipts" not in gated  # nothing fills it


def test_a_gated_column_without_a_steward_is_refused(stewarded: Company) -> None:
    bare = stewarded.configure("quality/stewards.yml", ('["*"]', "[products.*]"))
    faults = faults_of(bare)
    assert {code for code, _, _ in faults} == {"CONFIG_STEWARD"}
    causes = " ".join(cause for _, _, cause in faults)
    assert "nobody answers for customers.(" in causes
    assert "nobody answers for fct_order_line.(order_line_id, quantity_units)" in causes
    assert "nobody answers for products" not in causes


def test_a_steward_who_is_absent_without_a_deputy_is_not_there(stewarded: Company) -> None:
    absent = "{title: Head of data, absent: [{first_date: 2026-06-30, last_date: 2026-06-30}]}"
    away = stewarded.configure("quality/stewards.yml", ("{title: Head of data}", absent))
    assert {code for code, _, _ in faults_of(away)} == {"CONFIG_STEWARD"}
    assert "order_lines" not in " ".join(cause for _, _, cause in faults_of(away))


@pytest.mark.parametrize("day", ["2026-01-01", "2026-06-30", "2031-01-01"])
def test_a_steward_who_leaves_without_a_deputy_is_refused_whenever_that_is(
    stewarded: Company, day: str
) -> None:
    leaving = stewarded.configure(
        "quality/stewards.yml",
        ("{title: Item data}", f"{{title: Item data, left_date: {day}}}"),
        ("assignments:\n", "assignments:\n  - {elements: [products.*], steward: items}\n"),
    )
    cause = f"items leaves products.* on {day}, and there is no deputy."
    assert ("CONFIG_STEWARD", "quality/stewards.yml:7:5", cause) in faults_of(leaving)


def test_a_steward_may_leave_where_a_deputy_stays_or_the_assignment_ends(
    stewarded: Company,
) -> None:
    left = ("{title: Item data}", "{title: Item data, left_date: 2026-01-01}")
    for line in (
        "  - {elements: [products.*], steward: items, deputy: head}\n",
        "  - {elements: [products.*], steward: items, valid_to: 2026-01-01}\n",
    ):
        leaving = stewarded.configure(
            "quality/stewards.yml", left, ("assignments:\n", f"assignments:\n{line}")
        )
        assert faults_of(leaving) == []


def test_a_deputy_who_leaves_too_is_no_deputy(stewarded: Company) -> None:
    leaving = stewarded.configure(
        "quality/stewards.yml",
        ("{title: Order desk}", "{title: Order desk, left_date: 2026-09-01}"),
        ("{title: Item data}", "{title: Item data, left_date: 2026-08-01}"),
        (
            "assignments:\n",
            "assignments:\n  - {elements: [products.*], steward: items, deputy: desk}\n",
        ),
    )
    cause = "items leaves products.* on 2026-08-01, and desk leaves on 2026-09-01."
    assert [c for _, _, c in faults_of(leaving)] == [cause]


def test_two_owners_at_a_time_are_refused(stewarded: Company) -> None:
    line = "  - {elements: [products.gtin, order_lines.*], steward: items}\n"
    twice = stewarded.configure(
        "quality/stewards.yml", ("deputy: head}\n", f"deputy: head}}\n{line}")
    )
    cause = "order_lines.* has two stewards at a time: desk and items."
    assert faults_of(twice) == [("CONFIG_OWNER", "quality/stewards.yml:9:5", cause)]


def test_owners_may_follow_each_other(stewarded: Company) -> None:
    changed = stewarded.configure(
        "quality/stewards.yml",
        ("steward: desk, deputy: head}", "steward: items, valid_to: 2026-02-01}"),
        (
            "assignments:\n",
            "assignments:\n  - {elements: [order_lines.*], steward: desk, "
            "valid_from: 2026-02-01}\n",
        ),
    )
    assert faults_of(changed) == []
    stewards = changed.open().quality.stewards
    assert stewards is not None
    owners = [
        stewards.owner("order_lines.net_amount", "company", day)
        for day in (date(2026, 1, 31), date(2026, 2, 1))
    ]
    assert [owner.steward for owner in owners if owner] == ["items", "desk"]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("order_lines.*", "order_line.*"), "CONFIG_REFERENCE", "Did you mean `order_lines`?"),
        (("order_lines.*", "order_lines.net_amont"), "CONFIG_REFERENCE", "mean `net_amount`?"),
        (("steward: desk,", "steward: dsk,"), "CONFIG_VALUE", "dsk is not among the roles"),
        (("deputy: head}", "deputy: desk}"), "CONFIG_VALUE", "cannot be its own deputy"),
        (
            ("steward: desk,", "business_unit: comapny, steward: desk,"),
            "CONFIG_REFERENCE",
            "Did you mean `company`?",
        ),
        (
            ("deputy: head}", "valid_from: 2026-02-01, valid_to: 2026-01-01}"),
            "CONFIG_VALUE",
            "ends before it begins",
        ),
        (("{title: Item data}", "{title: Items, mail: a@b}"), "CONFIG_UNKNOWN_KEY", "mail"),
    ],
)
def test_a_fault_in_the_stewards_is_named_with_its_place(
    stewarded: Company, change: tuple[str, str], code: str, words: str
) -> None:
    (fault, *_) = faults_of(stewarded.configure("quality/stewards.yml", change))
    assert fault[0] == code
    assert fault[1].startswith("quality/stewards.yml:")
    assert words in fault[2]

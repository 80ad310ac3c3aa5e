"""Who answers for the demo's data, as the requirements ask it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlglot import exp

from workspace.config.entities import entities
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.folder import CONFIGURATION, Workspace, open_workspace
from workspace.gated_elements import gated_elements
from workspace.ingest.mapping_check import check_mappings
from workspace.stewards import Stewards, covers, exactness, holds
from workspace.stewardship import Outcome, cases

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def demo(root: Path) -> Workspace:
    return open_workspace(root / "data" / "demo")


@pytest.fixture(scope="module")
def stewards(demo: Workspace) -> Stewards:
    assert demo.quality.stewards is not None
    return demo.quality.stewards


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    """Return a copy of the demo's configuration that a test may spoil."""
    for name in CONFIGURATION:
        source = root / "data" / "demo" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _codes(workspace: Path) -> list[str]:
    """Return the codes of what `tierwise check` refuses, and with it every build."""
    try:
        check_workspace(open_workspace(workspace))
    except ConfigurationErrors as errors:
        return [error.code for error in errors.errors]
    return []


@pytest.mark.requirement("S2.M2.B6")
def test_gated_columns_have_stewards_late_failures_escalate_and_leavers_break_the_build(
    demo: Workspace, stewards: Stewards, copied: Path
) -> None:
    # Every gated column has a steward active today.
    gated = [f"{t}.{c}" for t, columns in gated_elements(demo).items() for c in columns]
    assert len(gated) > 100
    for unit in stewards.units:
        assert [e for e in gated if not stewards.is_answered(e, unit, TODAY)] == []

    # An open failure past its time escalates.
    failure = Outcome(
        kind="gate",
        element="order_lines.order_date",
        system="erp_north",
        expectation="raw.order_lines.order_date",
        evaluated_count=10,
        failed_count=1,
    )
    (opened,) = cases([failure], [], stewards, TODAY)
    assert opened.response_days == 3
    for days, escalated in ((3, None), (4, "head_of_data")):
        day = TODAY + timedelta(days=days)
        (case,) = cases([failure], [vars(opened)], stewards, day)
        assert (case.is_escalated, case.escalated_to) == (escalated is not None, escalated)

    # A steward leaving without deputy breaks the build.
    assert _codes(copied) == []
    leaving = "{title: Pricing control, left_date: 2026-12-31}"
    _change(copied / "quality" / "stewards.yml", "{title: Pricing control}", leaving)
    assert _codes(copied) == []  # the head of data is the deputy
    _change(
        copied / "quality" / "stewards.yml",
        "steward: pricing_control\n    deputy: head_of_data",
        "steward: pricing_control",
    )
    assert _codes(copied) == ["CONFIG_STEWARD"]


@pytest.mark.requirement("S3.M1.B6")
def test_a_concept_has_one_formula_an_input_one_owner_and_owners_change_on_a_date(
    demo: Workspace, stewards: Stewards, copied: Path
) -> None:
    # Two contracts declaring the same concept with unlike formulas fail.
    declared = [name for read in demo.sources.values() for name in read.value.concepts]
    assert declared.count("net_sales") == 2
    file = copied / "sources" / "erp_south.yml"
    _change(file, "list_value - customer_discount - promotion", "list_value - customer_discount")
    assert _codes(copied) == ["CONFIG_CONCEPT"]

    # Each input has one owner, whatever the day.
    inputs = {
        (mapping.source.system, f"{mapping.mapping.entity}.{column}")
        for mapping in check_mappings(demo)[0]
        for column, tree in mapping.columns.items()
        if list(tree.find_all(exp.Column))
    }
    assert len(inputs) > 100
    for day in (date(2026, 3, 31), date(2026, 4, 1), TODAY):
        for system, element in inputs:
            assert _owners(stewards, element, stewards.unit_of(system), day) == 1

    # Ownership change is dated.
    owners = [
        stewards.owner("order_lines.net_amount", "europe", day)
        for day in (date(2026, 3, 31), date(2026, 4, 1))
    ]
    assert [o.steward for o in owners if o] == ["finance_data", "pricing_control"]
    _change(file, "list_value - customer_discount", "list_value - customer_discount - promotion")
    _change(copied / "quality" / "stewards.yml", "    valid_from: 2026-04-01\n", "")
    assert _codes(copied) == ["CONFIG_OWNER"]


def _owners(stewards: Stewards, element: str, unit: str, day: date) -> int:
    """Return how many assignments of the best rank speak of an element: one, if it has an owner."""
    ranks = [
        (exactness(pattern), entry.business_unit is not None)
        for entry in stewards.file.assignments
        if holds(entry, day) and entry.business_unit in {None, unit}
        for pattern in entry.elements
        if covers(pattern, element)
    ]
    return ranks.count(max(ranks))


def test_no_attribute_of_an_entity_is_without_an_owner(stewards: Stewards) -> None:
    attributes = [f"{name}.{c}" for name, entity in entities().items() for c in entity.columns]
    assert [a for a in attributes if stewards.owner(a, "company", TODAY) is None] == []

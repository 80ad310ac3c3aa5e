"""costing.yml: what is refused before a night begins, and what a night's meaning depends on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workspace.config.costing_file import CostingFile
from workspace.costing import DRIVERS, LINES, read_costing
from workspace.costing_check import check_costing
from workspace.errors import ConfigurationErrors
from workspace.folder import open_workspace
from workspace.table_contract import contract

TODAY = date(2026, 6, 30)
SOUND = """\
activities:
  entering:
    title: Enter orders
    pool: desk
    element: order_processing
    driver: orders
    equation: 10 * orders
    where: order_channel = 'manual'
    approver: controlling
    approved: 2026-01-01
freight: {driver: the charge, approver: controlling, approved: 2026-01-01}
"""


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    """Return code and cause of every fault of a file."""
    (folder / "costing.yml").write_text(text, encoding="utf-8")
    try:
        found = check_costing(read_costing(folder), TODAY)
    except ConfigurationErrors as errors:
        found = errors.errors
    return [(error.code, error.cause) for error in found]


def test_a_sound_file_has_no_fault_and_none_is_needed(tmp_path: Path) -> None:
    assert read_costing(tmp_path).works() == ()
    assert check_costing(read_costing(tmp_path), TODAY) == []
    assert faults(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("10 * orders", "10 * order", "CONFIG_UNKNOWN_COLUMN", "Did you mean `orders`?"),
        ("10 * orders", "revenue_amount", "CONFIG_UNKNOWN_COLUMN", "revenue_amount"),
        ("10 * orders", "segment_id", "CONFIG_UNKNOWN_COLUMN", "segment_id"),
        ("10 * orders", "sum(orders)", "CONFIG_EXPRESSION", "not allowed"),
        ("10 * orders", "(select 1)", "CONFIG_EXPRESSION", "not allowed"),
        ("10 * orders", "order_channel", "CONFIG_VALUE", "a number is needed"),
        ("order_channel = 'manual'", "orders", "CONFIG_VALUE", "a condition is needed"),
        ("element: order_processing", "element: overhead", "CONFIG_VALUE", "dedicated_stock"),
        ("    approver: controlling\n", "", "CONFIG_VALUE", "approver"),
        ("    driver: orders\n", "", "CONFIG_VALUE", "driver"),
        ("    approved: 2026-01-01", "    approved: 2026-07-01", "CONFIG_VALUE", "a day to come"),
        ("approved: 2026-01-01}", "approved: 2027-01-01}", "CONFIG_VALUE", "a day to come"),
        ("pool: desk", "pol: desk", "CONFIG_UNKNOWN_KEY", "Did you mean `pool`?"),
        ("freight: {", "credit: {yearly_rate: 7.5, ", "CONFIG_VALUE", "less than or equal to 1"),
    ],
)
def test_what_cannot_be_charged_by_is_refused(
    tmp_path: Path, old: str, new: str, code: str, said: str
) -> None:
    assert old in SOUND
    found = faults(tmp_path, SOUND.replace(old, new))
    assert any(fault == code and said in cause for fault, cause in found), found


def test_a_file_that_says_nothing_is_refused(tmp_path: Path) -> None:
    ((code, cause),) = faults(tmp_path, "activities: {}\n")
    assert code == "CONFIG_VALUE"
    assert "or delete the file" in cause


def test_a_fault_is_found_with_its_place_by_the_check_of_a_workspace(root: Path) -> None:
    costing = open_workspace(root / "data" / "demo").costing
    assert isinstance(costing.file, CostingFile)
    place = costing.document.place(("activities", "taking_back", "equation"))
    assert place.startswith(str(costing.document.file))


def test_what_an_equation_may_count_is_of_the_line_and_is_no_amount() -> None:
    known = {column.name: column for column in contract(LINES).columns}
    assert set(DRIVERS) <= set(known)
    assert not [name for name in DRIVERS if name.endswith("_amount")]

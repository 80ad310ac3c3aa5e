"""Bad input: each fault has its code and exit status, and the release before stays served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.night.company import copy_company, current, tierwise
from tests.night.conftest import Night

Spoiling = Callable[[Path], None]


def _file(workspace: Path, pattern: str) -> Path:
    return sorted((workspace / "inbox").glob(pattern))[-1]


def _missing_file(workspace: Path) -> None:
    _file(workspace, "erp_north/customers_*").unlink()


def _empty_file(workspace: Path) -> None:
    _file(workspace, "erp_north/customers_*").write_bytes(b"")


def _renamed_column(workspace: Path) -> None:
    file = _file(workspace, "erp_north/customers_*")
    file.write_bytes(file.read_bytes().replace(b"KUNNR", b"KUNDE", 1))


def _other_delimiter(workspace: Path) -> None:
    file = _file(workspace, "erp_north/customers_*")
    head, _, body = file.read_bytes().partition(b"\n")
    file.write_bytes(head.replace(b";", b",") + b"\n" + body)


def _unknown_column(workspace: Path) -> None:
    file = workspace / "sources" / "erp_north.yml"
    file.write_text(file.read_text().replace("customer_id: KUNNR", "customer_id: KUNR", 1))


def _typo_in_configuration(workspace: Path) -> None:
    file = workspace / "workspace.yml"
    file.write_text(file.read_text() + "\ntitel: Hollin\n")


def _no_dollar_rates(workspace: Path) -> None:
    file = workspace / "reference" / "exchange_rates.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("USD")))


def _unsafe_rule(workspace: Path) -> None:
    file = workspace / "segmentation" / "xyz.yml"
    unsafe = "demand_weeks_count = (select 1)"
    file.write_text(file.read_text().replace("demand_weeks_count = 0", unsafe))


def _written_periods(workspace: Path, old: str, new: str) -> None:
    file = workspace / "reference" / "fiscal_calendars.csv"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


def _gap_in_the_fiscal_year(workspace: Path) -> None:
    _written_periods(workspace, "2025,2,2025-03-03", "2025,2,2025-03-04")


def _overlap_in_the_fiscal_year(workspace: Path) -> None:
    _written_periods(workspace, "2025,2,2025-03-03", "2025,2,2025-03-02")


def _years_that_nobody_wrote_down(workspace: Path) -> None:
    file = workspace / "reference" / "fiscal_calendars.csv"
    lines = file.read_text().splitlines(keepends=True)
    later = ("south_445,2026", "south_445,2027")
    file.write_text("".join(line for line in lines if not line.startswith(later)))


FAULTS: dict[str, tuple[Spoiling, int, str, str]] = {
    "a missing file": (_missing_file, 4, "FILE_MISSING", "erp_north.customers"),
    "an empty file": (_empty_file, 4, "FILE_EMPTY", "erp_north.customers"),
    "a renamed column": (_renamed_column, 4, "FILE_SCHEMA_DRIFT", "erp_north.customers"),
    "another delimiter": (_other_delimiter, 4, "FILE_DIALECT", "erp_north.customers"),
    "an unknown column": (
        _unknown_column,
        2,
        "CONFIG_UNKNOWN_COLUMN",
        "erp_north.yml:",
    ),
    "a typo": (_typo_in_configuration, 2, "CONFIG_UNKNOWN_KEY", "workspace.yml:"),
    "a gap in a fiscal year": (
        _gap_in_the_fiscal_year,
        2,
        "CONFIG_CALENDAR_GAP",
        "fiscal_calendars.csv:",
    ),
    "an overlap in a fiscal year": (
        _overlap_in_the_fiscal_year,
        2,
        "CONFIG_CALENDAR_OVERLAP",
        "fiscal_calendars.csv:",
    ),
    "a posting without a fiscal period": (
        _years_that_nobody_wrote_down,
        3,
        "GATE_FAILED",
        "every_posting_has_a_fiscal_period",
    ),
    "a missing exchange rate": (_no_dollar_rates, 3, "RATE_MISSING", "raw.products"),
    "an unsafe rule": (_unsafe_rule, 2, "RULE_UNSAFE", "xyz.yml:"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_and_the_release_before_stays_served(
    fault: str, first_night: Night, tmp_path: Path
) -> None:
    spoil, status, code, place = FAULTS[fault]
    workspace = copy_company(first_night.workspace, tmp_path / "company")
    before = current(workspace)
    spoil(workspace)
    said = tierwise("refresh", "--workspace", workspace, "--json")
    (error,) = said.document["errors"][:1]
    assert (said.status, error["code"]) == (status, code), said.out
    assert place in error["place"]
    assert error["cause"]
    assert error["remedy"]
    assert current(workspace) == before
    assert tierwise("sql", "select count(*) from golden_customer", "-w", workspace).status == 0
    if status == 4 and code != "FILE_MISSING":
        assert (workspace / "build" / "tierwise.duckdb").is_file()

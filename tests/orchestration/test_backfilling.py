"""What a backfill makes of its plan before it runs a night."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestration.backfilling import Plan, run
from tests.workspace.small_company import Company
from workspace.backfill_dates import Every, partitions
from workspace.history import HistoryFinding


def _finding(kind: str, first: date, last: date, object_key: str = "(all)") -> HistoryFinding:
    return HistoryFinding(
        system="erp",
        extract="orders",
        history="order_lines",
        kind=kind,
        period_start_date=first,
        period_end_date=last,
        object_key=object_key,
        found_count=0,
        expected_count=15,
        detail="As planted.",
    )


def _endings(root: Path, every: Every, *findings: HistoryFinding) -> dict[str, str]:
    wanted = partitions(date(2026, 1, 1), date(2026, 3, 31), every, week_starts_on=1)
    folder = Company(root=root).open()
    plan = Plan(inbox=None, folder=folder, partitions=tuple(wanted), findings=findings)
    return {
        str(step.partition.business_date): step.ending.value
        for step in run(plan, lambda *_: None, is_dry=True)
    }


def test_exactly_the_partitions_with_a_day_of_a_finding_are_refused(tmp_path: Path) -> None:
    week = _finding("gap", date(2026, 2, 9), date(2026, 2, 15))
    by_week = _endings(tmp_path, Every.WEEK, week)
    assert [day for day, ending in by_week.items() if ending == "refused"] == ["2026-02-15"]
    by_day = _endings(tmp_path, Every.DAY, week)
    assert [day for day, ending in by_day.items() if ending == "refused"] == [
        f"2026-02-{day:02}" for day in range(9, 16)
    ]
    code = _finding("reused_code", date(2026, 1, 20), date(2026, 2, 3), "P2")
    assert _endings(tmp_path, Every.MONTH, week, code) == {
        "2026-01-31": "refused",
        "2026-02-28": "refused",
        "2026-03-31": "pending",
    }


def test_a_clean_history_refuses_nothing(tmp_path: Path) -> None:
    assert set(_endings(tmp_path, Every.MONTH).values()) == {"pending"}


def test_a_finding_outside_the_range_refuses_nothing(tmp_path: Path) -> None:
    before = _finding("duplicate_load", date(2025, 12, 1), date(2025, 12, 31))
    assert set(_endings(tmp_path, Every.MONTH, before).values()) == {"pending"}

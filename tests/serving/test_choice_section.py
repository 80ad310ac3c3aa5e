"""What the report says of the choice of a scheme."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving.release_reader import open_release
from serving.report.section import Release, Section
from serving.report.sections.choice import choice
from serving.wording import NO_BREAK
from tests.serving.conftest import Releases
from workspace.table_contract import contract

Rows = Sequence[Mapping[str, Any]]
TABLES = ("axis_selection_report", "driver_comparison", "segment_count_frontier")


def driver(name: str, cost: float, **more: Any) -> dict[str, Any]:
    return {
        "driver": name, "policy_cost_amount": cost, "financial_effect_amount": cost - 900,
        "effect_half_width_amount": 20, "is_declared": name == "margin", "is_winner": False,
        "is_certain": abs(cost - 900) > 20, "lot_cost_amount": 1000,
        "equal_service_holding_amount": cost / 2, **more,
    }  # fmt: skip


def axis(unit: str, verdict: str, name: str = "customer") -> dict[str, Any]:
    return {
        "business_unit": unit, "axis": name, "fact": "(all)", "verdict": verdict, "is_best": True,
        "score_ratio": 0.3, "chosen_rate": 0.92,
    }  # fmt: skip


def count(segments: int, later: float, *, is_advised: bool = False) -> dict[str, Any]:
    return {
        "segment_count": segments, "fitted_cost_amount": 900 - segments, "benefit_rate": 0.5,
        "later_cost_amount": later, "is_advised": is_advised, "enough_rate": segments / 4,
    }  # fmt: skip


COUNTS = [count(1, 950), count(2, 930, is_advised=True), count(3, 931)]


@pytest.fixture
def drawn(releases: Releases, tmp_path: Path) -> Callable[[Rows, Rows, Rows], Section | None]:
    """Return the section of a release whose three tables have these rows."""

    def draw(*given: Rows) -> Section | None:
        folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
        with duckdb.connect(folder / "tierwise.duckdb") as connection:
            for table, rows in zip(TABLES, given, strict=True):
                columns = contract(f"segments.{table}").columns
                listed = ", ".join(f"{column.name} {column.data_type}" for column in columns)
                connection.execute(f"create table {table} ({listed})")
                for row in rows:
                    marks = ", ".join("?" for _ in row)
                    connection.execute(
                        f"insert into {table} ({', '.join(row)}) values ({marks})",
                        list(row.values()),
                    )
        with open_release(folder) as reader:
            return choice(Release(now=reader))

    return draw


def test_a_driver_that_costs_less_is_told_with_what_it_saves(
    drawn: Callable[..., Section | None],
) -> None:
    drivers = [driver("margin", 900), driver("economic", 800, is_winner=True)]
    section = drawn([axis("(all)", "customer"), axis("north", "matrix")], drivers, COUNTS)
    assert section is not None
    said = section.lead.replace(NO_BREAK, " ")
    assert "explained best by customer: first in 92 % of the draws." in said
    assert "by shortage cost against holding cost would cost 100 EUR a year less" in said
    assert "luck" not in said
    table, axes = section.tables
    assert [row[0] for row in table.rows] == [
        *("shortage cost against holding cost", "margin (declared)"),
    ]
    assert [row[:2] for row in axes.rows] == [("whole company", "customer"), ("north", "matrix")]


def test_what_may_be_luck_is_called_so_and_close_evidence_a_matrix(
    drawn: Callable[..., Section | None],
) -> None:
    drivers = [driver("margin", 900), driver("volume", 890, is_winner=True)]
    section = drawn([axis("(all)", "matrix")], drivers, COUNTS)
    assert section is not None
    assert "No single axis explains" in section.lead
    assert section.lead.endswith("by margin, which may be luck.")


def test_the_advised_number_is_the_title_of_the_chart_and_marked(
    drawn: Callable[..., Section | None],
) -> None:
    section = drawn([axis("(all)", "none")], [driver("margin", 900, is_winner=True)], COUNTS)
    assert section is not None
    (chart,) = section.charts
    assert chart.title == "Beyond 2 stock policies, the year after gains nothing"
    assert "fewer are enough in 50 % of the draws" in chart.description.replace(NO_BREAK, " ")
    assert chart.specification["datasets"]["advised"] == [{"segments": 2, "cost": 930.0}]
    assert section.lead.endswith("the declared one, margin, costs least.")


def test_without_any_finding_there_is_no_section(drawn: Callable[..., Section | None]) -> None:
    assert drawn([], [], []) is None


def test_a_release_without_the_tables_has_no_section(releases: Releases) -> None:
    with open_release(releases.second) as reader:
        assert choice(Release(now=reader)) is None

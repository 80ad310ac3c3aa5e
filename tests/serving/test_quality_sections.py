from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from serving.release_reader import open_release
from serving.report.section import Release, Section
from serving.report.sections.cases import cases
from serving.report.sections.outliers import outliers
from tests.serving.conftest import Releases


@pytest.fixture(scope="module")
def of_cases(releases: Releases) -> Section:
    with open_release(releases.second) as reader:
        return cases(Release(now=reader))


@pytest.fixture(scope="module")
def of_outliers(releases: Releases) -> Section:
    with open_release(releases.second) as reader:
        return outliers(Release(now=reader))


def test_cases_past_due_come_first_and_are_counted(of_cases: Section) -> None:
    assert of_cases.lead.startswith("4 cases open, 2 past due; 1 closed")
    ageing, late = of_cases.tables
    assert [row[0] for row in late.rows] == [
        "order_lines.quantity_units",
        "fct_order_line.quantity_units",
    ]
    assert [row[:2] for row in ageing.rows] == [("order_desk", 3), ("item_data", 1)]


def test_ageing_by_owner_is_what_a_query_says(of_cases: Section, releases: Releases) -> None:
    with open_release(releases.second) as reader:
        rows = reader.rows("select steward, age_days, is_escalated, status from dq_stewardship")
    mine = [row for row in rows if row["status"] == "open" and row["steward"] == "order_desk"]
    days = [row["age_days"] for row in mine]
    (shown,) = [row for row in of_cases.tables[0].rows if row[0] == "order_desk"]
    assert shown == (
        "order_desk",
        len(days),
        sum(day <= 7 for day in days),
        sum(8 <= day <= 30 for day in days),
        sum(day > 30 for day in days),
        max(days),
        sum(row["is_escalated"] for row in mine),
    )


def test_a_closed_case_is_shown_apart(of_cases: Section) -> None:
    closed = of_cases.folded[-1]
    assert closed.caption == "Closed since the last release"
    assert [row[0] for row in closed.rows] == ["customers.*"]


def test_values_on_hold_are_listed_and_the_rest_is_folded_away(of_outliers: Section) -> None:
    (held,) = of_outliers.tables
    assert held.caption == "On hold"
    assert len(held.rows) == 2
    (every,) = of_outliers.folded
    assert len(every.rows) == 6
    assert {row[6] for row in every.rows} == {"hold", "cap", "confirm"}


def test_what_a_value_counts_as_follows_from_the_decision(of_outliers: Section) -> None:
    for row in of_outliers.folded[0].rows:
        value, most, decision, counts_as = row[2], row[5], row[6], row[7]
        assert counts_as == {"hold": None, "cap": most, "confirm": value}[str(decision)]


def test_the_title_of_the_chart_says_how_far_out_the_furthest_is(of_outliers: Section) -> None:
    (chart,) = of_outliers.charts
    assert chart.title.startswith("The value on hold that is furthest from the rest has 100 times")


def test_a_release_without_outliers_and_cases_says_so(releases: Releases, tmp_path: Path) -> None:
    folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute("delete from dq_outliers; delete from dq_stewardship")
    with open_release(folder) as reader:
        found = [outliers(Release(now=reader)), cases(Release(now=reader))]
    assert [section.lead.split(":")[0].split(",")[0] for section in found] == [
        "0 values lie far from the rest",
        "0 cases open",
    ]
    assert not any(section.charts or section.tables or section.folded for section in found)

"""The report, the command and explanations tell of exceptions and substitutes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from cli.main import app
from serving.explain import explain_unit
from serving.release_reader import open_release
from serving.report.render import render_report
from serving.report.section import Release
from serving.report.sections.exceptions import exceptions
from tests.serving.conftest import Releases

SOUND = """
delete from assignment_exceptions;
update segment_explanations set quality_mark = 'A';
"""
FILLED = """
insert into assignment_fallbacks
select scheme_id, unit_type, unit_id, 'weekly_cv_ratio', 'AGED', 1, 'hold_last', '0.4',
    date '2024-06-01', date '2024-06-03', 0.8, 'B'
from segment_explanations where scheme_id = 'xyz' and unit_id = ?;
"""


@pytest.fixture
def copied(releases: Releases, tmp_path: Path) -> Path:
    """Return a workspace whose one release is a copy of the second."""
    folder = tmp_path / "releases" / releases.second.name
    shutil.copytree(releases.second, folder)
    (folder / "manifest.json").write_text("{}")
    (tmp_path / "CURRENT").write_text(releases.second.name)
    return folder


def test_the_report_counts_open_exceptions_by_class_and_owner(releases: Releases) -> None:
    with open_release(releases.second) as reader:
        section = exceptions(Release(now=reader))
        resting = reader.value("select count(*) from segment_explanations where quality_mark='E'")
    assert section is not None
    by_class, marks = section.tables
    assert [row[:4] for row in by_class.rows] == [("promotion", "sales", 2, 0)]
    assert {row[0] for row in marks.rows} == {"abc_margin", "abc_xyz", "demand_pattern", "xyz"}
    assert sum(int(str(row[-1])) for row in marks.rows) == resting
    assert section.lead.startswith("2 units of a scheme stand apart for a time")
    assert "Exceptions and substitutes" in render_report(releases.second)


def test_a_release_in_which_nothing_is_unusual_has_no_such_section(copied: Path) -> None:
    with duckdb.connect(copied / "tierwise.duckdb") as connection:
        connection.execute(SOUND)
    with open_release(copied) as reader:
        assert exceptions(Release(now=reader)) is None


def test_an_explanation_tells_what_stands_in_and_why_a_unit_stands_apart(copied: Path) -> None:
    with open_release(copied) as reader:
        (unit,) = reader.rows(
            "select unit_id, product_id, site_id from assignment_exceptions "
            "join segment_assignment using (scheme_id, unit_id) order by unit_id limit 1"
        )
    with duckdb.connect(copied / "tierwise.duckdb") as connection:
        connection.execute(FILLED, [unit["unit_id"]])
    with open_release(copied) as reader:
        said = explain_unit(reader, f"{unit['product_id']}@{unit['site_id']}").text()
    assert (
        "apart     promotion spring, with sales since 2024-06-30 until 2024-07-30: In the flyer"
        in said
    )
    assert (
        "instead   weekly_cv_ratio is too old since 2024-06-03: 0.4 is held, known last on "
        "2024-06-01 (confidence 0.8)" in said
    )


def test_the_command_lists_exceptions_for_people_and_for_programs(copied: Path) -> None:
    home = str(copied.parents[1])
    said = CliRunner().invoke(app, ["exceptions", "-w", home, "--limit", "1"])
    assert said.exit_code == 0, said.output
    lines = said.stdout.splitlines()
    assert lines[1] == "        2     0 days  promotion, sales"
    assert "abc_margin: " in lines[3]
    assert lines[-1] == "  … and 1 more: raise --limit."
    document = json.loads(CliRunner().invoke(app, ["exceptions", "-w", home, "--json"]).stdout)
    assert document["counts"][0]["unit_count"] == 2
    assert {row["owner"] for row in document["exceptions"]} == {"sales"}

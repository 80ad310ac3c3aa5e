"""The list of segments has one authoritative copy; every other is held against it each night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration import taxonomy
from orchestration.segments import copies as segment_copies
from orchestration.segments.copies import copy_questions
from orchestration.settings import REPOSITORY
from tests.workspace.small_company import Company, ingested
from tests.workspace.subsidiaries import VOCABULARY
from workspace.stewardship import Case, cases
from workspace.warehouse import write_by_contract

TONIGHT, TOMORROW = date(2026, 1, 7), date(2026, 1, 8)
LIST = VOCABULARY.partition("crosswalks:")[0]
STAGED = REPOSITORY / "dbt_project/models/staging/stg_segment_definitions.sql"
SOURCED = "{{ source('raw', 'segment_definitions') }}"
SOURCE = """\
system: {system}
description: A system with a pick list of segments.
kind: crm
priority: 9
extracts:
  segments:
    path: {system}/segments_*.csv
    description: Segments.
    key: [code]
    columns: {{code: text, title: text{definition}}}
mappings:
  - entity: segment_definitions
    extract: segments
    columns: {{segment_code: code, title: title{mapped}}}
"""
CRM = SOURCE.format(
    system="crm", definition=", definition: text", mapped=", definition: definition"
)
SHOP = SOURCE.format(system="shop", definition="", mapped="")
RIGHT = "TRADE,Trade,Builds in.\nRETAIL,Retail,Sells  on.\nPUBLIC,Public,Buys by law.\n"
Rows = list[tuple[Any, ...]]


def night(
    folder: Path, crm: str, shop: str, prior: Sequence[Case] = (), day: date = TONIGHT
) -> tuple[Rows, Rows, list[Case]]:
    """Deliver two copies; return what was reconciled, what deviates, and the cases."""
    workspace = (
        Company(root=folder)
        .configure("segmentation/taxonomy.yml", text=LIST)
        .configure("sources/crm.yml", text=CRM)
        .configure("sources/shop.yml", text=SHOP)
        .open(
            {
                "crm/segments_1.csv": f"code,title,definition\n{crm}",
                "shop/segments_1.csv": f"code,title\n{shop}",
            }
        )
    )
    with ingested(workspace) as found:
        connection = found.connection
        connection.execute("create schema if not exists segments")
        connection.execute("create schema if not exists staging")
        sql = STAGED.read_text(encoding="utf-8").replace(SOURCED, "raw.segment_definitions")
        connection.execute(f"create view staging.stg_segment_definitions as {sql}")
        for name, compute in {
            "dim_segment": taxonomy.segments,
            "sync_deviation": segment_copies.deviations,
            "sync_reconciliation": segment_copies.reconciliation,
        }.items():
            write_by_contract(connection, f"segments.{name}", compute(connection, workspace))
        reconciled = connection.execute("from segments.sync_reconciliation order by all").fetchall()
        deviating = connection.execute(
            "select namespace, segment_code, deviation from segments.sync_deviation order by all"
        ).fetchall()
        before = [vars(case) for case in prior]
        tonight = cases(copy_questions(connection, before), before, None, day)
        return reconciled, deviating, tonight


@pytest.mark.requirement("S1.M1.B4")
def test_an_edited_definition_is_found_counted_and_a_case_until_it_is_right(tmp_path: Path) -> None:
    trade_and_retail = "TRADE,Trade\nRETAIL,Retail\nPUBLIC,Public\n"
    same = night(tmp_path / "same", RIGHT, trade_and_retail)
    assert same == ([("crm", 3, 3, 1.0), ("shop", 3, 3, 1.0)], [], [])

    edited = RIGHT.replace("Builds in.", "Builds.")
    reconciled, deviating, opened = night(tmp_path / "edited", edited, trade_and_retail)
    assert reconciled == [("crm", 3, 2, pytest.approx(2 / 3)), ("shop", 3, 3, 1.0)]
    assert deviating == [("crm", "TRADE", "definition")]
    (case,) = opened
    assert (case.status, case.expectation) == ("open", "TRADE in crm")
    assert "crm says of TRADE `Builds.`; the list says `Builds in.`." in case.detail

    *_, closed = night(tmp_path / "right", RIGHT, trade_and_retail, opened, TOMORROW)
    assert [(c.case_id, c.status, c.closed_date) for c in closed] == [
        (case.case_id, "closed", TOMORROW)
    ]


def test_what_is_missing_unknown_or_called_otherwise_is_named(tmp_path: Path) -> None:
    crm = "TRADE,Crafts,Builds.\nRETAIL,Retail,Sells on.\nEXPORT,Export,Abroad.\n"
    reconciled, deviating, opened = night(tmp_path, crm, "TRADE,Trade\nRETAIL,\nPUBLIC,Public\n")
    assert reconciled == [("crm", 4, 1, 0.25), ("shop", 3, 2, pytest.approx(2 / 3))]
    assert deviating == [
        ("crm", "EXPORT", "unknown"),
        ("crm", "PUBLIC", "missing"),
        ("crm", "TRADE", "title and definition"),
        ("shop", "RETAIL", "title"),
    ]
    assert len(opened) == 4
    assert all(case.detail and case.remedy for case in opened)

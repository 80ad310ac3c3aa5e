"""Versions of rules have their days, and whoever approved them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.segments.rule_registry import TABLE, registry
from tests.workspace.small_company import BUSINESS_DATE, Company
from workspace.ingest.control import open_books
from workspace.night_inputs import land_parameters, land_prior
from workspace.warehouse import write_by_contract

SCHEME = """\
scheme: customer_size
title: Customers by revenue
description: Large and small.
owner: sales
unit: customer
method: {kind: thresholds, column: revenue_12m_amount, cuts: {small: LIMIT}, last: large}
value: revenue_12m_amount
"""
APPROVED = "version: 2.0.1\napproval: {by: Ada, day: 2026-05-01}\nlegal_tags: [LkSG, GDPR]\n"
Row = dict[str, Any]


class Registry:
    """Nights of one scheme; each carries the registry of the night before."""

    def __init__(self, folder: Path) -> None:
        """Begin without a release."""
        self.folder = folder
        self.day = BUSINESS_DATE
        self.connection = duckdb.connect()
        open_books(self.connection)
        self.connection.execute(
            "create table control.delivery_plan (system varchar, extract varchar, "
            "file_name varchar, file_sha256 varchar, status varchar, code varchar, "
            "stands_in_for varchar)"
        )
        land_prior(self.connection, None)

    def night(self, limit: int, more: str = "", *, days: int = 1) -> list[Row]:
        """Run a night with a limit, `days` later; return the rows of the scheme, oldest first."""
        self.day += timedelta(days=days)
        text = SCHEME.replace("LIMIT", str(limit)) + more
        root = self.folder / self.day.isoformat()
        company = Company(root=root).configure("segmentation/customer_size.yml", text=text)
        workspace = company.open()
        land_parameters(self.connection, workspace, self.day)
        write_by_contract(self.connection, TABLE, registry(self.connection, workspace))
        self.connection.execute(f"create or replace table prior.rule_set_registry as from {TABLE}")
        rows = self.connection.sql(f"from {TABLE} where scheme_id = 'customer_size'").pl()
        return rows.sort("effective_from").to_dicts()


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Registry]:
    found = Registry(tmp_path)
    yield found
    found.connection.close()


def days(rows: list[Row]) -> list[tuple[date, date | None]]:
    return [(row["effective_from"], row["effective_to"]) for row in rows]


def test_times_in_force_neither_overlap_nor_leave_gaps_and_a_version_may_come_back(
    nights: Registry,
) -> None:
    first = nights.night(100)
    begun = nights.day
    assert days(first) == [(begun, None)]
    assert days(nights.night(100)) == [(begun, None)]
    changed = nights.night(200, days=5)
    second = nights.day
    assert days(changed) == [(begun, second), (second, None)]
    back = nights.night(100)
    assert days(back) == [(begun, second), (second, nights.day), (nights.day, None)]
    assert back[0]["rule_hash"] == back[2]["rule_hash"] != back[1]["rule_hash"]


def test_a_version_keeps_the_code_and_data_that_it_began_with(nights: Registry) -> None:
    (first,) = nights.night(100)
    nights.connection.execute("update prior.rule_set_registry set code_sha256 = 'of that night'")
    (later,) = nights.night(100)
    assert later["code_sha256"] == "of that night"
    assert later["inputs_sha256"] == first["inputs_sha256"] != ""


def test_an_approval_changes_no_version_and_is_what_the_file_says(nights: Registry) -> None:
    (before,) = nights.night(100)
    (after,) = nights.night(100, APPROVED)
    assert before["rule_hash"] == after["rule_hash"]
    assert (before["approved_by"], before["semantic_version"]) == (None, None)
    assert (after["approved_by"], after["approved_date"]) == ("Ada", date(2026, 5, 1))
    assert (after["semantic_version"], after["legal_tags"]) == ("2.0.1", "LkSG, GDPR")
    assert "approval: {by: Ada" in after["definition"]

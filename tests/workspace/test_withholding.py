from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workspace.small_company import BUSINESS_DATE, Company, Ingested, ingested
from workspace.ingest.withholding import withhold
from workspace.warehouse import create_by_contract


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Ingested]:
    with ingested(Company(root=tmp_path).open()) as opened:
        connection = opened.connection
        create_by_contract(connection, "golden.golden_xref")
        connection.execute("create schema if not exists prior")
        connection.execute("create or replace table prior.golden_xref as from golden.golden_xref")
        connection.execute(
            "insert into prior.golden_xref by name "
            "select 'customer' as object_type, _namespace as namespace, "
            "customer_id as source_key, 'c-' || customer_id as golden_id, "
            "date '2020-01-01' as valid_from from raw.customers"
        )
        yield opened


def divest(night: Ingested, golden_id: str, day: date) -> None:
    night.connection.execute(
        "insert into control.entity_declarations by name select 1 as ledger_seq, "
        "'divest' as declaration, 'customer' as object_type, $id as golden_id, "
        "$keys as record_keys, '[]' as other_record_keys, $day as effective_date, "
        "true as is_approved, 'Sold.' as reason, 'Ada' as decided_by, "
        "timestamp '2026-01-01 00:00:00' as decided_at",
        {"id": golden_id, "keys": json.dumps([]), "day": day},
    )


def customers(night: Ingested) -> tuple[set[str], set[str]]:
    """Return the customers that are delivered, and those that order lines name."""
    found = (
        {key for (key,) in night.rows(f"select distinct customer_id from raw.{table}")}
        for table in ("customers", "order_lines")
    )
    delivered, named = found
    return delivered, named


def test_from_its_date_on_a_divested_customer_and_its_orders_are_in_no_table(
    night: Ingested,
) -> None:
    before, named = customers(night)
    gone = sorted(named)[0]
    divest(night, f"c-{gone}", BUSINESS_DATE)
    rows = withhold(night.connection)
    assert rows["customers"] == 1
    assert rows["order_lines"] >= 1
    assert customers(night) == (before - {gone}, named - {gone})


def test_until_that_date_everything_is_as_it_was(night: Ingested) -> None:
    before = customers(night)
    divest(night, f"c-{min(before[1])}", BUSINESS_DATE + timedelta(days=1))
    assert withhold(night.connection) == {}
    assert customers(night) == before

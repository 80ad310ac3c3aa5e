from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from orchestration.matching.reuse import (
    keys_given_anew,
    remember,
    standing_decisions,
    write_changed,
    write_lapsed,
)
from workspace.warehouse import create_by_contract

STAHL = {"customer_name": "Stahl Nord GmbH", "tax_number": "DE1", "duns_number": None, "gln": None}
OCEAN = {"customer_name": "Blue Ocean GmbH", "tax_number": "GB2", "duns_number": None, "gln": None}
ROW = "select 'customer' as object_type, ? as record_key, ? as fields"


@pytest.fixture
def night() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_by_contract(connection, "golden.match_records")
        connection.execute("create schema prior")
        connection.execute("create table prior.match_records as from golden.match_records")
        for name in ("control.match_decisions", "control.entity_declarations"):
            create_by_contract(connection, name)
        create_by_contract(connection, "golden.golden_xref")
        connection.execute("create table prior.golden_xref as from golden.golden_xref")
        connection.execute("create schema night")
        connection.execute("create table night.parameters (business_date date)")
        yield connection


def tonight(night: duckdb.DuckDBPyConnection, **records: dict[str, str | None]) -> list[str]:
    """Return the keys that were given out anew, and keep tonight as the release before."""
    night.execute(f"create or replace temp table fields_customer as {ROW} limit 0", ["", ""])
    for key, fields in records.items():
        night.execute(f"insert into fields_customer {ROW}", [f"erp:{key}", json.dumps(fields)])
    write_changed(night, "customer")
    found = keys_given_anew(night, "customer")
    write_lapsed(night, "customer", found)
    remember(night, "customer")
    night.execute("create or replace table prior.match_records as from remembered_customer")
    return found["record_key"].to_list()


def remembered(night: duckdb.DuckDBPyConnection) -> list[tuple[str, bool]]:
    query = "select record_key, is_delivered from prior.match_records order by all"
    return night.execute(query).fetchall()


def test_a_key_with_another_name_and_number_was_given_out_anew(
    night: duckdb.DuckDBPyConnection,
) -> None:
    assert tonight(night, a=STAHL, b=OCEAN) == []
    assert tonight(night, a=OCEAN, b=OCEAN) == ["erp:a"]
    assert tonight(night, a=OCEAN, b=OCEAN) == []


def test_a_key_is_remembered_while_nothing_is_delivered_under_it(
    night: duckdb.DuckDBPyConnection,
) -> None:
    tonight(night, a=STAHL, b=OCEAN)
    tonight(night, b=OCEAN)
    assert remembered(night) == [("erp:a", False), ("erp:b", True)]
    tonight(night, b=OCEAN)
    assert tonight(night, a=OCEAN, b=OCEAN) == ["erp:a"]
    assert remembered(night) == [("erp:a", True), ("erp:b", True)]


def test_legal_forms_are_no_common_word(night: duckdb.DuckDBPyConnection) -> None:
    tonight(night, a=STAHL)
    assert tonight(night, a={**STAHL, "customer_name": "Nord GmbH", "tax_number": "DE2"}) == []
    assert tonight(night, a=OCEAN) == ["erp:a"]


def decide(night: duckdb.DuckDBPyConnection, sequence: int, one: str, other: str) -> None:
    night.execute(
        "insert into control.match_decisions values "
        "('customer', ?, ?, 'link', ?, null, 'Seen.', 'Ann', now())",
        [one, other, sequence],
    )


def standing(night: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the entries of the decisions that hold."""
    return standing_decisions(night, "customer", date(2026, 6, 30))["ledger_seq"].sort().to_list()


def test_a_decision_lapses_when_a_key_of_it_is_given_out_anew(
    night: duckdb.DuckDBPyConnection,
) -> None:
    tonight(night, a=STAHL, b=OCEAN, c=OCEAN)
    decide(night, 1, "erp:a", "erp:b")
    decide(night, 2, "erp:b", "erp:c")
    tonight(night, a=STAHL, b=OCEAN, c=OCEAN)
    assert standing(night) == [1, 2]
    tonight(night, a=OCEAN, b=OCEAN, c=OCEAN)
    assert standing(night) == [2]


def test_what_is_decided_of_a_key_after_it_was_given_out_anew_holds(
    night: duckdb.DuckDBPyConnection,
) -> None:
    decide(night, 1, "erp:a", "erp:b")
    tonight(night, a=STAHL, b=OCEAN)
    tonight(night, a=OCEAN, b=OCEAN)
    decide(night, 2, "erp:a", "erp:b")
    for records in ({"b": OCEAN}, {"a": OCEAN, "b": OCEAN}):
        tonight(night, **records)
        assert standing(night) == [2]

"""Deliveries that no clerk meant: each has an outcome, and none costs more than its records do."""

from __future__ import annotations

import duckdb
import pytest

from tests.workspace.matching.matched_company import (
    customer,
    hand_model,
    outcomes,
    pairs,
    scored,
    write_records,
)

ODD_NAMES = (
    "GmbH",
    "---",
    "???",
    "'; drop table records; --",
    'Say "Cheese" {0} %s \\1',
    "\u200b\u200f\u202e",
    "😀 😀",
    "الشركة المتحدة",
    "株式会社日立",
    "a " * 5_000,
    "x" * 100_000,
    "1 2 3 4 5 6 7 8 9",
    "\t\n",
    "",
)


def test_any_text_is_a_name(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        customer(f"{system}:{at:02}", customer_name=name, postal_code="20095", city="Hamburg")
        for system in "ab"
        for at, name in enumerate(ODD_NAMES)
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    linked = {pair for pair, outcome in outcomes(connection).items() if outcome == "link"}
    said = [at for at, name in enumerate(ODD_NAMES) if any(sign.isalnum() for sign in name)]
    assert {(f"a:{at:02}", f"b:{at:02}") for at in said} <= linked


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_a_name_and_town_that_all_share_cost_no_comparison(
    connection: duckdb.DuckDBPyConnection, count: int
) -> None:
    connection.execute(f"""
        create table records as
        select 'a:' || i as record_key, 'Barverkauf' as customer_name, 'Ulm' as city,
            '89073' as postal_code, 'DE' as country_code, 'f' as _file, i as _record,
            case when i < 40 then cast(300000000 + i // 2 as varchar) end as duns_number
        from range({count}) as numbers(i)
    """)
    found = scored(connection, model=hand_model())
    assert found.candidate_count == 20
    assert found.pair_count == 20
    listed = connection.execute(
        "select name, record_count from pairs_basis where kind = 'block' and name = 'customer_name'"
    ).fetchall()
    assert listed == [("customer_name", count)]


def test_one_tax_number_in_all_records_is_no_key_without_a_model_either(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer(f"a:{at}", customer_name=f"Firm {at}", tax_number="DE999999999", country_code="DE")
        for at in range(40)
    ]
    write_records(connection, rows)
    scored(connection)
    assert pairs(connection) == []


def test_a_delivered_record_in_too_many_namespaces_makes_no_pairs(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(connection, [customer(f"n{at}:1", _file="x", _record="7") for at in range(60)])
    assert scored(connection).pair_count == 0


def test_a_latin_and_another_script_conclude_nothing_of_the_name(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer("a:1", customer_name="株式会社日立", city="Tokyo", duns_number="690541503"),
        customer("b:1", customer_name="Hitachi KK", city="Tokyo", duns_number="690541503"),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    assert outcomes(connection) == {("a:1", "b:1"): "link"}

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from serving.golden_trace import trace_golden
from serving.release_reader import ReleaseReader, open_release
from workspace.errors import TierwiseError

LOSING = json.dumps(
    [
        {
            "value": "ACME",
            "namespace": "crm",
            "source_key": "A-1",
            "file_sha256": "bb",
            "record_number": 7,
        }
    ]
)
TABLES = """
    create table golden_xref as
    select * from (values
        ('customer', 'erp', '0001', 'c-a', null::date),
        ('customer', 'crm', 'A-1', 'c-a', null),
        ('customer', 'web', 'twice', 'c-a', null),
        ('customer', 'shop', 'twice', 'c-b', null),
        ('supplier', 'erp', '0001', 'v-a', null)
    ) as x (object_type, namespace, source_key, golden_id, valid_to);
    create table raw_extracts as
    select 'aa' as file_sha256, 'customers.csv' as file_name
    union all select 'bb', 'accounts.csv';
    create table golden_customer as select 'c-a' as customer_id, 'Acme' as customer_name;
    create table golden_attribute as
    select * from (values
        ('customer', 'c-a', 'customer_name', 'Acme', 'erp', '0001', 'aa', 12,
            'source_priority', $1),
        ('customer', 'c-a', 'city', 'Ulm', 'crm', 'A-1', 'bb', 7, 'only_value', null)
    ) as a (object_type, golden_id, attribute, value, namespace, source_key, file_sha256,
        record_number, rule, losing_values)
"""


@pytest.fixture
def golden(tmp_path: Path) -> Iterator[ReleaseReader]:
    with duckdb.connect(str(tmp_path / "tierwise.duckdb")) as connection:
        *plain, last = TABLES.split(";")
        for statement in plain:
            connection.execute(statement)
        connection.execute(last, [LOSING])
    with open_release(tmp_path) as reader:
        yield reader


def test_an_attribute_leads_to_its_record_and_shows_what_lost(golden: ReleaseReader) -> None:
    (found,) = trace_golden(golden, "golden_customer", "c-a", "customer_name")
    assert (found.surviving.file_name, found.surviving.record_number) == ("customers.csv", 12)
    assert [(lost.value, lost.file_name) for lost in found.losing] == [("ACME", "accounts.csv")]
    assert found.text().splitlines() == [
        "c-a  customer_name: its system is trusted most (source_priority)",
        "    Acme  erp 0001, record 12 of customers.csv",
        "  · ACME  crm A-1, record 7 of accounts.csv",
    ]


def test_a_golden_record_goes_by_the_key_of_any_source(golden: ReleaseReader) -> None:
    assert [found.attribute for found in trace_golden(golden, "golden_customer", "A-1")] == [
        "city",
        "customer_name",
    ]


@pytest.mark.parametrize(
    ("table", "name", "attribute", "said"),
    [
        ("golden_site", "c-a", None, "no golden table. Near are golden_customer"),
        ("golden_customer", "0002", None, "goes by `0002`. Near are 0001"),
        ("golden_customer", "twice", None, "the key of several: c-a, c-b"),
        ("golden_customer", "c-a", "customer_nam", "Near are customer_name"),
    ],
)
def test_what_is_unknown_is_answered_with_what_is_near(
    golden: ReleaseReader, table: str, name: str, attribute: str | None, said: str
) -> None:
    with pytest.raises(TierwiseError, match=said):
        trace_golden(golden, table, name, attribute)

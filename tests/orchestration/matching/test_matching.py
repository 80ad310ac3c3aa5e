"""What the night makes of records without a trained model: identifiers decide."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.orchestration.matching.matched_records import BUSINESS_DATE, match

NAMED = """
    select record_key, golden_id, match_rule, survivorship_rank
    from golden.int_records_matched order by record_key
"""
ACME = "c-da6c480cd366c445"  # c- and the start of md5('erp:A')


def _rows(connection: duckdb.DuckDBPyConnection, query: str = NAMED) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def test_records_that_share_identifiers_join_transitively(tmp_path: Path) -> None:
    night = match(
        tmp_path,
        [
            {"record_key": "erp:A", "tax_number": "DE1"},
            {"record_key": "crm:B", "tax_number": "DE1", "gln": "5439936039368"},
            {"record_key": "crm:C", "gln": "5439936039368"},
            {"record_key": "crm:D", "gln": "4006381333931"},
        ],
    )
    assert _rows(night) == [
        ("crm:B", ACME, "tax_number", 2),
        ("crm:C", ACME, "gln", 3),
        ("crm:D", "c-baf60fb5c7f96cbe", "own key", 1),
        ("erp:A", ACME, "tax_number", 1),
    ]


def test_a_value_that_many_records_share_is_no_identifier(tmp_path: Path) -> None:
    rows = [{"record_key": f"erp:A{n}", "duns_number": "999999999"} for n in range(10, 31)]
    night = match(tmp_path, rows)
    assert _rows(night, "select count(distinct golden_id) from golden.int_records_matched") == [
        (21,)
    ]
    assert _rows(night, "select kind, name from golden.match_basis where kind <> 'model'") == [
        ("placeholder", "duns_number")
    ]


def test_bare_tax_numbers_join_only_within_a_country(tmp_path: Path) -> None:
    night = match(
        tmp_path,
        [
            {"record_key": "erp:A", "tax_number": "811", "country_code": "DE"},
            {"record_key": "crm:B", "tax_number": "DE811", "country_code": "DE"},
            {"record_key": "crm:C", "tax_number": "811", "country_code": "FR"},
        ],
    )
    assert [row[1] for row in _rows(night)] == [ACME, "c-d66ee4283a198951", ACME]


def test_one_delivered_record_is_one_object_in_all_its_namespaces(tmp_path: Path) -> None:
    night = match(
        tmp_path,
        [
            {"record_key": "erp:A", "_file": "f", "_record": 1},
            {"record_key": "crm:A", "_file": "f", "_record": 1},
            {"record_key": "wms:A", "_file": "f", "_record": 2},
        ],
    )
    named = {row[0]: row[1:3] for row in _rows(night)}
    assert named["erp:A"] == named["crm:A"] == (ACME, "delivered_record")
    assert named["wms:A"][1] == "own key"


def test_an_id_is_carried_when_a_more_trusted_record_joins(tmp_path: Path) -> None:
    first = match(tmp_path, [{"record_key": "crm:B", "tax_number": "DE1"}])
    second = match(
        tmp_path,
        [
            {"record_key": "erp:A", "tax_number": "DE1"},
            {"record_key": "crm:B", "tax_number": "DE1"},
        ],
        day=BUSINESS_DATE + timedelta(days=1),
        before=first,
    )
    (carried,) = {row[1] for row in _rows(first)}
    assert {row[1] for row in _rows(second)} == {carried}
    assert [row[3] for row in _rows(second)] == [2, 1]


def test_where_records_part_an_event_says_so_and_no_id_is_given_twice(tmp_path: Path) -> None:
    joined = [
        {"record_key": "erp:A", "tax_number": "DE1"},
        {"record_key": "crm:B", "tax_number": "DE1"},
    ]
    first = match(tmp_path, joined)
    parted = [joined[0], {**joined[1], "tax_number": "DE2"}]
    second = match(tmp_path, parted, day=BUSINESS_DATE + timedelta(days=1), before=first)
    named = {row[0]: row[1] for row in _rows(second)}
    assert named == {"erp:A": ACME, "crm:B": "c-049559bcdfafc019"}
    events = "select event_type, golden_id, other_golden_id from golden.entity_events"
    assert _rows(second, events) == [("split", ACME, "c-049559bcdfafc019")]


def test_a_pair_keeps_its_first_day_and_a_night_on_known_records_gives_what_one_from_nothing_does(
    tmp_path: Path,
) -> None:
    rows = [
        {"record_key": f"{system}:{n}", "tax_number": f"DE{n % 5}", "customer_name": f"Firm {n}"}
        for system in ("erp", "crm")
        for n in range(20)
    ]
    next_day = BUSINESS_DATE + timedelta(days=1)
    changed = [{**row, "tax_number": "DE7"} if "3" in row["record_key"] else row for row in rows]
    changed += [{"record_key": "crm:new", "tax_number": "DE7", "customer_name": "New"}]
    first = match(tmp_path, rows)
    after = match(tmp_path, changed, day=next_day, before=first)
    anew = match(tmp_path, changed, day=next_day)
    pairs = "select * exclude (first_seen_date, golden_id_l, golden_id_r) from golden.match_pairs"
    assert _rows(after, f"{pairs} order by all") == _rows(anew, f"{pairs} order by all")
    days = "select distinct first_seen_date from golden.match_pairs order by all"
    assert _rows(after, days) == [(BUSINESS_DATE,), (next_day,)]


def test_a_file_delivered_again_changes_no_record(tmp_path: Path) -> None:
    fields = "select * from golden.match_records order by all"
    row = {"record_key": "erp:A", "tax_number": "DE1"}
    assert _rows(match(tmp_path, [{**row, "_file": "monday"}]), fields) == _rows(
        match(tmp_path, [{**row, "_file": "tuesday", "_record": 9}]), fields
    )

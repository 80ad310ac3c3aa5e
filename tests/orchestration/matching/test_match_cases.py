from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

from orchestration.matching.match_cases import REUSE_DAYS, match_questions
from workspace.stewardship import Case, cases
from workspace.warehouse import create_by_contract

DAY = date(2026, 6, 30)


@pytest.fixture
def night() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for table in ("golden.match_pairs", "golden.entity_events"):
            create_by_contract(connection, table)
        connection.execute("create schema night")
        connection.execute("create table night.parameters as select ? as business_date", [DAY])
        yield connection


def ask(night: duckdb.DuckDBPyConnection, *, against: str | None = None) -> None:
    """Put a pair of customers to the stewards."""
    night.execute(
        "insert into golden.match_pairs by name select 'customer' as object_type, "
        "'crm:2' as record_key_l, 'erp:1' as record_key_r, 'model' as basis, "
        "'block' as found_by, 3.25 as match_weight, 'review' as outcome, true as is_question, "
        "$against as contradiction_l, $against as contradiction_r, $day as first_seen_date",
        {"against": against, "day": DAY},
    )


def tonight(night: duckdb.DuckDBPyConnection, prior: list[Case], days: int = 0) -> list[Case]:
    rows = [vars(case) for case in prior]
    return cases(match_questions(night, rows), rows, None, DAY + timedelta(days=days))


def test_a_pair_is_a_case_until_nobody_asks_any_more(night: duckdb.DuckDBPyConnection) -> None:
    ask(night)
    (case,) = tonight(night, [])
    assert (case.kind, case.element) == ("match", "golden_customer.*")
    assert (case.expectation, case.status) == ("crm:2 = erp:1", "open")
    assert "A weight of 3.2" in case.detail
    assert case.remedy == "tierwise match decide crm:2 erp:1 --link or --never"
    (again,) = tonight(night, [case], days=4)
    assert (again.case_id, again.opened_date, again.age_days) == (case.case_id, DAY, 4)
    night.execute("delete from golden.match_pairs")
    (closed,) = tonight(night, [again], days=5)
    assert (closed.status, closed.failed_count) == ("closed", 0)
    assert closed.closed_date == DAY + timedelta(days=5)
    assert tonight(night, [closed], days=6) == []


def test_a_refused_link_names_the_two_that_speak_against_it(
    night: duckdb.DuckDBPyConnection,
) -> None:
    ask(night, against="crm:7")
    (case,) = tonight(night, [])
    assert "would make one of crm:7 and crm:7, which are two" in case.detail


def test_a_key_given_out_anew_is_shown_for_two_weeks(night: duckdb.DuckDBPyConnection) -> None:
    night.execute(
        "insert into golden.entity_events by name select 'e-1' as event_id, "
        "'reuse' as event_type, 'product' as object_type, 'p-1' as golden_id, "
        "'p-2' as other_golden_id, $day as event_date, $day as recorded_date, "
        "'matching' as origin, 'Given out anew.' as reason, false as is_reversed",
        {"day": DAY},
    )
    (case,) = tonight(night, [])
    assert (case.element, case.expectation) == ("golden_product.*", "p-1 is not p-2")
    assert "tierwise entity merge p-1 p-2" in case.remedy
    later = DAY + timedelta(days=REUSE_DAYS)
    night.execute("update night.parameters set business_date = ?", [later])
    (closed,) = tonight(night, [case], days=REUSE_DAYS)
    assert closed.status == "closed"

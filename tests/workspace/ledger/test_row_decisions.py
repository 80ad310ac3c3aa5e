from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest

from workspace.confirmable import CONFIRMABLE, refusal, undecided
from workspace.errors import TierwiseError
from workspace.ledger.chain import Entry, Event
from workspace.ledger.deciding import Fault, confirmation, dismissal, revocation
from workspace.ledger.landing import land_decisions
from workspace.ledger.row_decisions import RowDecision, in_force

HASH = "ab" * 32
KEY_IS_DOUBLE = "Rows with the key O1 · 1 contradict each other"


def fault(code: str = "ROW_CHECK", detail: str = "few: units < 9", **more: Any) -> Fault:
    """Return one row of quarantine."""
    given = {
        "file_sha256": HASH,
        "record_number": 7,
        "system": "erp",
        "extract": "orders",
        "file_name": "orders_1.csv",
        "raw_text": "O1,1,9",
        **more,
    }
    return Fault(code=code, detail=detail, **given)


def said() -> dict[str, str]:
    return {"reason": "As agreed.", "actor": "Ada", "at": "2026-06-30T10:00:00+02:00"}


def confirmed(*faults: Fault, among: list[Fault] | None = None) -> Event:
    return confirmation(faults, among or [], **said())


def dismissed(*faults: Fault) -> Event:
    return dismissal(faults, **said())


def revoked(sequence: int, *events: Event) -> Event:
    return revocation(sequence, decided(*events), **said())


def decided(*events: Event) -> list[RowDecision]:
    """Return the decisions in force after some events."""
    return in_force(
        Entry(sequence=number, hash="", event=event) for number, event in enumerate(events, 1)
    )


def brief(*events: Event) -> list[tuple[int, str, str, int]]:
    return [(d.record_number, d.code, d.decision, d.ledger_seq) for d in decided(*events)]


def test_a_confirmation_is_of_single_causes_and_a_dismissal_of_the_record() -> None:
    checks = fault(), fault("ROW_DATE_FUTURE", "2027-01-01 lies after the business date")
    assert brief(confirmed(*checks)) == [
        (7, "ROW_CHECK", "confirm", 1),
        (7, "ROW_DATE_FUTURE", "confirm", 1),
    ]
    assert brief(dismissed(*checks)) == [(7, "*", "dismiss", 1)]


def test_the_last_word_on_a_record_counts() -> None:
    other = fault("ROW_DATE_FUTURE", "2027-01-01 lies after the business date")
    assert brief(confirmed(fault()), dismissed(fault())) == [(7, "*", "dismiss", 2)]
    assert brief(dismissed(fault()), confirmed(fault())) == [(7, "ROW_CHECK", "confirm", 2)]
    assert brief(confirmed(fault()), confirmed(other)) == [
        (7, "ROW_CHECK", "confirm", 1),
        (7, "ROW_DATE_FUTURE", "confirm", 2),
    ]


def test_to_choose_a_record_of_a_key_leaves_out_those_that_contradict_it() -> None:
    rows = [fault("ROW_KEY_DUP", KEY_IS_DOUBLE, record_number=n) for n in (7, 8, 9)]
    elsewhere = fault("ROW_KEY_DUP", KEY_IS_DOUBLE, extract="returns", record_number=10)
    otherwise = fault("ROW_KEY_DUP", KEY_IS_DOUBLE.replace("O1", "O2"), record_number=11)
    event = confirmed(rows[1], among=[*rows, elsewhere, otherwise])
    assert brief(event) == [
        (7, "*", "dismiss", 1),
        (8, "ROW_KEY_DUP", "confirm", 1),
        (9, "*", "dismiss", 1),
    ]
    assert decided(event)[0].reason == "record 8 of orders_1.csv was chosen: As agreed."


def test_records_of_two_extracts_that_map_to_one_row_contradict_each_other() -> None:
    detail = "Several records map to the row erp · C1 of customers"
    one = fault("ROW_KEY_DUP", detail)
    other = fault("ROW_KEY_DUP", detail, extract="people", file_sha256="cd" * 32, record_number=1)
    assert brief(confirmed(one, among=[one, other])) == [
        (7, "ROW_KEY_DUP", "confirm", 1),
        (1, "*", "dismiss", 1),
    ]


def test_what_was_decided_can_be_taken_back_once() -> None:
    rows = [fault("ROW_KEY_DUP", KEY_IS_DOUBLE, record_number=n) for n in (7, 8)]
    chosen = confirmed(rows[0], among=rows)
    assert brief(chosen, revoked(1, chosen)) == []
    with pytest.raises(TierwiseError, match="Entry 1 of the ledger is no decision"):
        revoked(1, chosen, revoked(1, chosen))


def test_a_decision_that_was_replaced_does_not_come_back() -> None:
    first, second = confirmed(fault()), dismissed(fault())
    assert brief(first, second, revoked(2, first, second)) == []


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("ROW_TYPE", "x is no date of the declared format"),
        ("ROW_RANGE", "net_amount does not fit decimal(18,4)"),
        ("ROW_RANGE", "gift is not an allowed value"),
        ("ROW_RANGE", "-1.0000 is below 0; net_amount does not fit decimal(18,4)"),
        ("ROW_TOTAL_LINE", "2 fields where the header has 6."),
        ("ROW_KEY_DUP", "Rows with the key " + "x" * 482),
        ("ROW_KEY_DUP", KEY_IS_DOUBLE),
        ("ROW_UNHEARD_OF", "new"),
    ],
)
def test_nobody_confirms_a_value_that_does_not_exist(code: str, detail: str) -> None:
    doubtful = fault(code, detail)
    with pytest.raises(TierwiseError) as refused:
        confirmed(doubtful, among=[doubtful])
    assert refused.value.code == "DECISION_REFUSED"
    assert refused.value.place == f"{HASH[:12]}:7:{code}"
    assert brief(dismissed(doubtful)) == [(7, "*", "dismiss", 1)]


def test_one_fault_that_cannot_be_confirmed_holds_the_whole_record() -> None:
    with pytest.raises(TierwiseError, match="There is no value"):
        confirmed(fault(), fault("ROW_NULL", "customer_id is absent"))


def test_every_row_code_says_whether_it_may_be_confirmed_and_why() -> None:
    assert undecided() == set()
    assert all(verdict.reason.endswith(".") for verdict in CONFIRMABLE.values())
    assert refusal("ROW_RANGE", "-3.0000 is below 0") is None


@pytest.mark.parametrize("text", ["", "  \t", "x" * 501, "a\x1b[2Jb", "a\ud800"])
def test_reason_and_name_say_something_in_one_line(text: str) -> None:
    for given in ({"reason": text}, {"actor": text}):
        with pytest.raises(TierwiseError) as refused:
            dismissal([fault()], **{**said(), **given})
        assert refused.value.code == "DECISION_REFUSED"


def test_the_ledger_keeps_no_text_of_a_record() -> None:
    event = dismissed(fault(raw_text="Ada Byron, 12 St James Square"))
    assert b"Byron" not in event.text().replace(b'"actor":"Ada"', b"")


def test_decisions_are_landed_with_their_entry_and_instant() -> None:
    event = confirmed(fault())
    with duckdb.connect() as connection:
        land_decisions(connection)
        assert connection.execute("from control.row_decisions").fetchall() == []
        land_decisions(connection, lambda: [Entry(sequence=1, hash="", event=event)])
        ((*place, entry, reason, actor, at),) = connection.execute(
            "from control.row_decisions"
        ).fetchall()
    assert place == [HASH, 7, "ROW_CHECK", "confirm", "erp", "orders", "orders_1.csv"]
    assert (entry, reason, actor, at) == (1, "As agreed.", "Ada", datetime(2026, 6, 30, 8, 0))

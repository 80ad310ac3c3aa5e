"""From a steward's decision to the next night: the commands, the ledger, and what is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.cli.steward import ORDERS, Steward, employed
from workspace.errors import Exit
from workspace.folder import Folder
from workspace.ledger.store import ledger_file, read_ledger


@pytest.fixture
def steward(tmp_path: Path) -> Steward:
    return employed(tmp_path)


@pytest.mark.parametrize(
    ("code", "line", "loaded"),
    [
        ("ROW_CHECK", "O9,1,C1,P1,2026-01-05,700", ("O9", "1", 700)),
        ("ROW_RANGE", "O9,1,C1,P1,2026-01-05,-7", ("O9", "1", -7)),
        ("ROW_DATE_FUTURE", "O9,1,C1,P1,2026-12-24,7", ("O9", "1", 7)),
        ("ROW_TOTAL_LINE", "Total,1,,,,", None),
    ],
)
def test_a_confirmed_row_is_loaded_the_next_night(
    steward: Steward, code: str, line: str, loaded: tuple | None
) -> None:
    before = steward.night(orders_1=ORDERS + line + "\n")
    assert list(steward.names()) == [code]
    steward.decide(steward.names()[code])
    after = steward.night()
    if loaded is None:  # what was no total line has faults of its own
        assert code not in steward.names()
        assert steward.names()
    else:
        assert sorted([*before, loaded]) == after
        assert steward.names() == {}


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("ROW_TYPE", "O9,1,C1,P1,2026-02-30,7"),
        ("ROW_ARITY", "O9,1,C1"),
        ("ROW_ORPHAN", "O9,1,C9,P1,2026-01-05,7"),
        ("ROW_CHECK", "O9,1,C1,P1,2026-01-05,700"),
        ("ROW_NUL", "O9,1,C1,P1,2026-01-05,\x00"),
        ("ROW_KEY_NULL", ",1,C1,P1,2026-01-05,7"),
    ],
)
def test_a_dismissed_row_is_a_declared_skip_with_its_reason(
    steward: Steward, code: str, line: str
) -> None:
    before = steward.night(orders_1=ORDERS + line + "\n")
    steward.decide(steward.names()[code], "dismiss", "A test order.")
    assert steward.night() == before
    assert steward.listed()["records"] == []
    assert steward.skips() == [(4, "DISMISSED: A test order. (ledger 1)")]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("ROW_TYPE", "O9,1,C1,P1,2026-02-30,7"),
        ("ROW_ARITY", "O9,1,C1"),
        ("ROW_ORPHAN", "O9,1,C9,P1,2026-01-05,7"),
    ],
)
def test_what_does_not_exist_cannot_be_confirmed_and_nothing_is_recorded(
    steward: Steward, code: str, line: str
) -> None:
    steward.night(orders_1=ORDERS + line + "\n")
    done = steward("release", steward.names()[code], "--reason", "Because.", "--by", "Ada")
    assert done.exit_code == Exit.CONFIGURATION
    assert "DECISION_REFUSED" in done.stderr
    assert not ledger_file(Folder(root=steward.company.root)).exists()


def test_of_rows_that_contradict_each_other_the_chosen_one_is_loaded(steward: Steward) -> None:
    rivals = "O9,1,C1,P1,2026-01-05,7\nO9,1,C1,P1,2026-01-05,8\nO9,1,C1,P1,2026-01-05,9\n"
    before = steward.night(orders_1=ORDERS + rivals)
    sha = steward.names()["ROW_KEY_DUP"].split(":")[0]
    told = json.loads(steward.decide(f"{sha}:5:ROW_KEY_DUP").stdout)
    assert told["dismissed_with_it"] == 2
    assert sorted([*before, ("O9", "1", 8)]) == steward.night()
    reason = "DISMISSED: record 5 of orders_1.csv was chosen: As agreed. (ledger 1)"
    assert steward.skips() == [(4, reason), (6, reason)]


PEOPLE = """\
system: crm
description: People under the numbers of the ERP.
kind: crm
priority: 2
extracts:
  people: {path: crm/people.csv, description: People., key: [id], columns: {id: text, name: text}}
mappings:
  - entity: customers
    extract: people
    namespace: erp
    columns: {customer_id: id, customer_name: name}
"""


def test_of_records_of_two_systems_for_one_row_the_chosen_one_is_loaded(steward: Steward) -> None:
    company = steward.company.configure("sources/crm.yml", text=PEOPLE)
    steward = Steward(company=company, delivered={"crm/people.csv": "id,name\nC1,Ada Again\n"})
    assert steward.night() == [("O2", "1", 5)]
    held = [row for row in steward.listed()["records"] if row["code"] == "ROW_KEY_DUP"]
    assert {row["detail"] for row in held} == {
        "Several records map to the row erp · C1 of customers"
    }
    (chosen,) = (row for row in held if row["system"] == "crm")
    told = json.loads(steward.decide(f"{chosen['file_sha256']}:1").stdout)
    assert told["dismissed_with_it"] == 1
    assert len(steward.night()) == 3
    assert steward.listed()["records"] == []


def test_a_row_that_contradicts_a_chosen_one_later_holds_both(steward: Steward) -> None:
    before = steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,7\nO9,1,C1,P1,2026-01-05,8\n")
    steward.decide(steward.names()["ROW_KEY_DUP"])
    assert len(steward.night()) == len(before) + 1
    header = ORDERS.split("\n")[0]
    assert steward.night(orders_2=f"{header}\nO9,1,C1,P1,2026-01-06,5\n") == before
    assert {row["code"] for row in steward.listed()["records"]} == {"ROW_KEY_DUP"}


def test_a_record_with_a_cause_left_stays_in_quarantine(steward: Steward) -> None:
    before = steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-12-24,700\n")
    steward.decide(steward.names()["ROW_CHECK"])
    assert steward.night() == before
    steward.decide(steward.names()["ROW_DATE_FUTURE"])
    assert sorted([*before, ("O9", "1", 700)]) == steward.night()


def test_to_confirm_one_cause_lets_no_value_in_that_does_not_fit(steward: Steward) -> None:
    before = steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,99999999999999.5\n")
    steward.decide(steward.names()["ROW_CHECK"])
    assert steward.night() == before
    (row,) = steward.listed()["records"]
    assert (row["code"], row["column_name"]) == ("ROW_RANGE", "net_amount")
    doubled = steward("release", steward.names()["ROW_RANGE"], "--reason", "x", "--by", "Ada")
    assert "DECISION_REFUSED" in doubled.stderr


def test_a_decision_that_is_taken_back_leaves_the_row_where_it_was(steward: Steward) -> None:
    before = steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,700\n")
    steward.decide(steward.names()["ROW_CHECK"])
    assert len(steward.night()) == len(before) + 1
    revoked = steward("revoke", "1", "--reason", "It was a slip.", "--by", "Bob")
    assert revoked.exit_code == 0, revoked.output
    assert steward.night() == before
    assert list(steward.names()) == ["ROW_CHECK"]


def test_a_decision_holds_for_the_same_bytes_under_another_name_and_for_no_others(
    steward: Steward,
) -> None:
    text = ORDERS + "O9,1,C1,P1,2026-01-05,700\n"
    before = steward.night(orders_1=text)
    steward.decide(steward.names()["ROW_CHECK"])
    assert len(steward.night(orders_1=None, orders_7=text)) == len(before) + 1
    assert steward.night(orders_7=text.replace("700", "701")) == before


def test_once_the_contract_is_corrected_the_next_night_reads_the_row_by_itself(
    steward: Steward,
) -> None:
    before = steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,700\n")
    (row,) = steward.listed()["records"]
    place = "sources/erp.yml line "
    assert "widen the check few_units in " + place in row["remedy"]
    line = int(row["remedy"].split(place)[1].rstrip("."))
    file = steward.company.configuration["sources/erp.yml"]
    assert "few_units" in file.splitlines()[line - 1]
    wider = steward.company.configure("sources/erp.yml", ("units < 100", "units < 1000"))
    steward = Steward(company=wider, delivered=steward.delivered)
    assert sorted([*before, ("O9", "1", 700)]) == steward.night()
    assert steward.listed()["records"] == []


def test_deciding_the_same_again_records_nothing_new(steward: Steward) -> None:
    steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,700\n")
    name = steward.names()["ROW_CHECK"]
    first = json.loads(steward.decide(name).stdout)
    again = json.loads(steward.decide(name, reason="Again.").stdout)
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert (first["entry"], first["head"]) == (again["entry"], again["head"])
    with read_ledger(Folder(root=steward.company.root)) as ledger:
        assert len(list(ledger.read())) == 1


def test_the_list_counts_by_cause_and_shows_what_has_been_decided(steward: Steward) -> None:
    steward.night(orders_1=ORDERS + "O8,1,C1,P1,2026-02-30,7\nO9,1,C1,P1,2026-01-05,700\n")
    steward.decide(steward.names()["ROW_CHECK"])
    found = steward.listed()
    assert found["counts"] == [
        {"code": "ROW_CHECK", "records": 1, "confirmable": 1},
        {"code": "ROW_TYPE", "records": 1, "confirmable": 0},
    ]
    assert [row["decided"] for row in found["records"]] == [None, "confirm by Ada, entry 1"]
    assert steward.listed("--code", "ROW_TYPE")["counts"][0]["code"] == "ROW_TYPE"
    assert steward.listed("--system", "crm")["records"] == []
    assert steward.listed("--extract", "orders", "--limit", "1")["counts"] == found["counts"]
    text = steward("list").stdout
    assert "          1  ROW_CHECK        may be confirmed" in text.splitlines()
    assert "erp.orders  orders_1.csv" in text.splitlines()
    assert "[confirm by Ada, entry 1]" in text


def test_a_record_is_shown_with_its_text_and_steers_no_terminal(steward: Steward) -> None:
    steward.night(orders_1=ORDERS + "O9,1,C1,P1,\x1b[2J\u202e,7\n")
    name = steward.names()["ROW_TYPE"]
    for words in ((name,), tuple(name.split(":")), ("orders_1.csv", "4")):
        shown = steward("show", *words).stdout
        assert "O9,1,C1,P1,\\u001b[2J\\u202e,7" in shown
        assert "\x1b" not in shown
    assert json.loads(steward("show", name, "--json").stdout)[0]["record_number"] == 4


@pytest.mark.parametrize("record", ["nothing", "ab:4", "orders_1.csv:1", "orders_1.csv:4:ROW_NULL"])
def test_a_record_that_is_not_in_quarantine_is_refused(steward: Steward, record: str) -> None:
    steward.night(orders_1=ORDERS + "O9,1,C1,P1,2026-01-05,700\n")
    done = steward("release", record, "--reason", "Because.", "--by", "Ada")
    assert done.exit_code == Exit.CONFIGURATION
    assert "UNIT_UNKNOWN" in done.stderr


def test_before_the_first_night_there_is_nothing_to_decide(tmp_path: Path) -> None:
    words = ["quarantine", "list", "--build", "--json", "--workspace", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == Exit.CONFIGURATION
    assert json.loads(done.stdout)["errors"][0]["code"] == "RELEASE_MISSING"

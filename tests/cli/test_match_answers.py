"""From a question about two records to an entry of the ledger: what stewards type and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.asked_company import Asked, asked

SAID = ("--reason", "As agreed.", "--by", "Ada")
FROM_JULY = (*SAID, "--effective", "2026-07-01")


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return asked(tmp_path_factory.mktemp("asked"))


@pytest.fixture
def steward(tmp_path: Path) -> Asked:
    return asked(tmp_path)


def test_the_queue_shows_both_records_the_evidence_and_whose_question_it_is(
    read_only: Asked,
) -> None:
    told = read_only.told("match", "queue")
    (pair,) = told["pairs"]
    assert told["count"] == 1
    assert (pair["record_key_l"], pair["record_key_r"]) == ("crm:2", "erp:1")
    assert (pair["routed_to"], pair["age_days"]) == ("head", 0)
    assert [entry["weight"] for entry in pair["comparison"]] == [6.5, -2.25, -1.0]
    text = read_only("match", "queue").stdout
    for part in ("Firm crm:2", "customer_name similar +6.5", "weight +3.2", "of head"):
        assert part in text
    assert "tierwise match decide crm:2 erp:1" in text
    assert read_only.told("match", "queue", "--object", "site")["pairs"] == []
    assert "No pair" in read_only("match", "queue", "--object", "site").stdout


def test_an_id_shows_its_records_and_a_record_its_ids(read_only: Asked) -> None:
    (of_id,) = read_only.told("match", "show", "c-1")
    assert [row["record_key"] for row in of_id["records"]] == ["crm:1", "erp:1"]
    assert len(of_id["pairs"]) == 2
    of_record = read_only.told("match", "show", "erp:1")
    assert [told["object_type"] for told in of_record] == ["customer", "product"]
    (only,) = read_only.told("match", "show", "erp:1", "--object", "product")
    assert only["golden_ids"][0]["golden_id"] == "p-1"
    assert "since 2026-01-01" in read_only("match", "show", "crm:2").stdout
    assert read_only.refused("match", "show", "c-404") == "UNIT_UNKNOWN"


def test_a_decision_is_recorded_once_with_who_and_why(steward: Asked) -> None:
    first = steward.told("match", "decide", "erp:1", "crm:2", "--never", *SAID)
    assert (first["entry"], first["is_new"]) == (1, True)
    again = steward.told("match", "decide", "crm:2", "erp:1", "--never", *SAID)
    assert (again["entry"], again["is_new"]) == (1, False)
    (entry,) = steward.ledger()
    assert (entry.event.actor, entry.event.reason) == ("Ada", "As agreed.")
    assert entry.event.subject == {"object_type": "customer", "record_keys": ["crm:2", "erp:1"]}
    changed = steward("match", "decide", "crm:2", "erp:1", "--link", *SAID)
    assert "From the next night on matching makes one of customer crm:2 and erp:1" in changed.stdout
    assert steward.told("match", "revoke", "2", *SAID)["revokes"] == 2
    assert steward.refused("match", "revoke", "2", *SAID) == "DECISION_REFUSED"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("erp:1", "erp:1", "--object", "customer", "--link", *SAID), "DECISION_REFUSED"),
        (("erp:1", "erp:1", "--link", *SAID), "UNIT_UNKNOWN"),
        (("erp:1", "erp:404", "--link", *SAID), "UNIT_UNKNOWN"),
        (("crm:1", "crm:2", "--link", "--reason", " ", "--by", "Ada"), "DECISION_REFUSED"),
        (("crm:1", "erp:1", "--object", "product", "--link", *SAID), "UNIT_UNKNOWN"),
    ],
)
def test_a_decision_about_nothing_is_refused(
    read_only: Asked, words: tuple[str, ...], code: str
) -> None:
    assert read_only.refused("match", "decide", *words) == code
    assert read_only.ledger() == []


def test_to_decide_takes_a_word_for_it(read_only: Asked) -> None:
    done = read_only("match", "decide", "crm:1", "crm:2", *SAID)
    assert done.exit_code == 2


def test_declarations_name_ids_records_and_the_day(steward: Asked) -> None:
    merged = steward.told("entity", "merge", "c-2", "c-9", *FROM_JULY)
    assert merged["record_keys"] == ["crm:2"]
    assert (merged["other_record_keys"], merged["effective_date"]) == (["erp:9"], "2026-07-01")
    split = steward.told("entity", "split", "c-1", "erp:1", "--share", "0.25", *FROM_JULY)
    assert (split["record_keys"], split["other_record_keys"]) == (["crm:1"], ["erp:1"])
    steward.told("entity", "divest", "c-9", *FROM_JULY)
    steward.told("entity", "acquire", "erp", *FROM_JULY)
    steward.told("entity", "approve", "4", *SAID)
    kinds = [row["declaration"] for row in steward.told("entity", "list")]
    assert kinds == ["merge", "split", "divest", "acquire"]
    steward.told("entity", "reverse", "4", *SAID)
    steward.told("entity", "reverse", "1", *SAID)
    listed = steward("entity", "list").stdout.splitlines()
    assert len(listed) == 3
    assert "acquire erp from 2026-07-01, not approved, by Ada" in listed[-1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("merge", "c-1", "c-1", *FROM_JULY), "DECISION_REFUSED"),
        (("merge", "c-1", "p-1", *FROM_JULY), "DECISION_REFUSED"),
        (("merge", "c-1", "c-404", *FROM_JULY), "UNIT_UNKNOWN"),
        (("split", "c-1", "crm:2", *FROM_JULY), "DECISION_REFUSED"),
        (("split", "c-1", "crm:1", "erp:1", *FROM_JULY), "DECISION_REFUSED"),
        (("split", "c-1", "crm:1", "--share", "1.5", *FROM_JULY), "DECISION_REFUSED"),
        (("acquire", "nowhere", *FROM_JULY), "UNIT_UNKNOWN"),
        (("approve", "7", *SAID), "DECISION_REFUSED"),
        (("reverse", "7", *SAID), "DECISION_REFUSED"),
    ],
)
def test_a_declaration_that_means_nothing_is_refused(
    read_only: Asked, words: tuple[str, ...], code: str
) -> None:
    assert read_only.refused("entity", *words) == code
    assert read_only.ledger() == []

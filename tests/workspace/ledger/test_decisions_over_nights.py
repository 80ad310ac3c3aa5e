from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from tests.workspace.ledger.decided_nights import DecidedNights
from workspace.ledger.entity_decisions import (
    Entity,
    Said,
    approval,
    divestiture,
    merger,
    reversal,
    splitting,
)
from workspace.ledger.match_decisions import decided, match_decisions, revoked

AT = "2026-01-02T08:00:00+00:00"


@pytest.fixture
def nights() -> DecidedNights:
    return DecidedNights({"a:1": "DE1", "b:1": "DE1", "b:2": "GB1"})


def said(effective: date | None = None) -> Said:
    return Said(actor="Ada", at=AT, reason="As agreed.", effective_date=effective)


def test_records_that_a_steward_parts_stay_apart_until_that_is_taken_back(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    assert first["a:1"] == first["b:1"] != first["b:2"]
    nights.ledger.append(
        decided("customer", "b:1", "a:1", "never", reason="Two plants.", actor="Ada", at=AT)
    )
    parted = nights.next_night()
    assert parted["a:1"] == first["a:1"] != parted["b:1"]
    assert nights.booked() == [("split", first["a:1"], parted["b:1"], "steward", 1)]
    assert nights.next_night() == parted
    standing = match_decisions(nights.entries())
    nights.ledger.append(revoked(1, standing, reason="A mistake.", actor="Ada", at=AT))
    assert nights.next_night() == first
    assert nights.booked() == [("merge", first["a:1"], parted["b:1"], "steward", 1)]
    assert nights.events.select("event_type", "is_reversed").rows() == [
        ("split", True),
        ("merge", False),
    ]


def test_a_declared_merger_holds_from_its_day_and_leaves_the_id_that_it_names(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    stahl = Entity(golden_id=first["a:1"], record_keys=("a:1", "b:1"))
    ocean = Entity(golden_id=first["b:2"], record_keys=("b:2",))
    day = nights.day + timedelta(days=2)
    nights.ledger.append(merger(ocean, stahl, said(day)))
    assert nights.next_night() == first
    assert set(nights.next_night().values()) == {ocean.golden_id}
    assert nights.booked() == [("merge", ocean.golden_id, stahl.golden_id, "declared", 1)]
    nights.ledger.append(reversal(1, nights.standing(), said()))
    assert nights.next_night() == first
    assert nights.booked() == [("split", ocean.golden_id, stahl.golden_id, "declared", 1)]


def test_a_declared_split_takes_its_share_of_the_past_along(nights: DecidedNights) -> None:
    first = nights.next_night()
    both = Entity(golden_id=first["a:1"], record_keys=("a:1", "b:1"))
    nights.ledger.append(splitting(both, ["b:1"], said(nights.day), share_rate=0.3))
    parted = nights.next_night()
    assert parted["a:1"] == first["a:1"] != parted["b:1"]
    assert nights.events.select("event_type", "share_rate").rows() == [("split", 0.3)]
    nights.ledger.append(reversal(1, nights.standing(), said()))
    assert nights.next_night() == first


def test_an_acquired_firm_stays_apart_until_approved_and_again_when_that_is_reversed(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    acquired = said(nights.day)
    nights.ledger.append(acquired.event("entity_acquired", namespace="z"))
    nights.numbers |= {"z:7": "DE1", "z:8": "AT1"}
    assert nights.next_night() == first
    assert nights.booked() == []
    nights.ledger.append(approval(1, nights.standing(), said()))
    together = nights.next_night()
    assert together == {**first, "z:7": first["a:1"], "z:8": together["z:8"]}
    assert nights.booked() == [("acquire", None, None, "declared", 1)]
    nights.ledger.append(reversal(1, nights.standing(), said()))
    assert nights.next_night() == first
    assert {row[:2] for row in nights.booked()} == {
        ("reverse", None),
        ("retire", together["z:8"]),
    }
    nights.ledger.append(approval(1, nights.standing(), said()))
    assert nights.next_night() == together


def test_a_divested_entity_is_gone_from_its_day_on_and_returns_when_that_is_reversed(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    stahl = Entity(golden_id=first["a:1"], record_keys=("a:1", "b:1"))
    nights.ledger.append(divestiture(stahl, said(nights.day + timedelta(days=1))))
    # A record that comes to it later has nothing to do with what was sold.
    nights.numbers["z:7"] = "DE1"
    left = nights.next_night()
    assert set(left) == {"b:2", "z:7"}
    assert left["z:7"] not in first.values()
    assert nights.booked() == [("divest", first["a:1"], None, "declared", 1)]
    assert nights.xref.filter(pl.col("namespace") == "a")["valid_to"].to_list() == [nights.day]
    assert nights.next_night() == left
    assert nights.booked() == []
    nights.ledger.append(reversal(1, nights.standing(), said()))
    del nights.numbers["z:7"]
    assert nights.next_night() == first


def test_the_way_back_from_a_key_given_out_anew_is_a_declared_merger(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    nights.recycled = {"b:2"}
    anew = nights.next_night()
    assert anew["b:2"] != first["b:2"]
    assert nights.booked() == [("reuse", first["b:2"], anew["b:2"], "matching", None)]
    nights.recycled = set()
    assert nights.next_night() == anew
    before, after = (Entity(golden_id=ids["b:2"], record_keys=()) for ids in (first, anew))
    nights.ledger.append(merger(before, after, said(nights.day)))
    assert nights.next_night() == first
    assert nights.booked() == [("merge", first["b:2"], anew["b:2"], "declared", 1)]
    assert nights.next_night() == first
    assert nights.booked() == []


def test_a_divested_entity_whose_records_are_withheld_is_not_retired(
    nights: DecidedNights,
) -> None:
    first = nights.next_night()
    stahl = Entity(golden_id=first["a:1"], record_keys=("a:1", "b:1"))
    nights.ledger.append(divestiture(stahl, said(nights.tomorrow)))
    numbers, nights.numbers = nights.numbers, {"b:2": "GB1"}
    assert nights.next_night() == {"b:2": first["b:2"]}
    assert nights.booked() == [("divest", first["a:1"], None, "declared", 1)]
    nights.next_night()
    assert nights.booked() == []
    nights.ledger.append(reversal(1, nights.standing(), said()))
    nights.numbers = numbers
    assert nights.next_night() == first
    assert nights.booked() == [("reverse", first["a:1"], None, "declared", 1)]
    assert nights.events["is_reversed"].to_list() == [True, False]

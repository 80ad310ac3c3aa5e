"""Findings of the history: what they are called, and what a steward may say of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.history import HistoryFinding, confirmation, confirmed, named_finding, revocation
from workspace.ledger.store import open_ledger

GAP = HistoryFinding(
    system="erp",
    extract="orders",
    history="order_lines",
    kind="gap",
    period_start_date=date(2025, 1, 13),
    period_end_date=date(2025, 1, 19),
    object_key="(all)",
    found_count=0,
    expected_count=15,
    detail="No line of order_lines on any of these days.",
)
AT = "2026-06-30T12:00:00+00:00"


def test_a_finding_that_changes_has_another_name() -> None:
    assert GAP.finding_id == replace(GAP, detail="In other words.").finding_id
    assert GAP.finding_id != replace(GAP, expected_count=14).finding_id


def test_a_confirmation_holds_until_it_is_revoked(tmp_path: Path) -> None:
    with open_ledger(Folder(root=tmp_path)) as ledger:
        event = confirmation(GAP, reason="the fair was on", actor="order desk", at=AT)
        entry = ledger.append(event).sequence
        known = confirmed(ledger.read())
        assert known == {GAP.finding_id: entry}
        ledger.append(revocation(entry, known, reason="it was not", actor="order desk", at=AT))
        assert confirmed(ledger.read()) == {}


def test_what_is_not_confirmed_cannot_be_revoked() -> None:
    with pytest.raises(TierwiseError, match="DECISION_REFUSED"):
        revocation(3, {GAP.finding_id: 2}, reason="a slip", actor="order desk", at=AT)


def test_a_confirmation_needs_a_reason() -> None:
    with pytest.raises(TierwiseError, match="DECISION_REFUSED"):
        confirmation(GAP, reason="  ", actor="order desk", at=AT)


def test_a_finding_goes_by_the_start_of_its_name() -> None:
    assert named_finding([GAP], GAP.finding_id[:5]) == GAP
    with pytest.raises(TierwiseError, match=GAP.finding_id):
        named_finding([GAP], "none")

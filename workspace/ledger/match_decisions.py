"""Decisions on pairs of records: they are one thing, or they never are; every later night obeys.

A decision names two records by the keys under which they are delivered, and holds for whatever
is delivered under those keys. What stewards declare of whole entities (`entity_declarations`) comes
down to such decisions too, under the number of its own entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workspace.errors import TierwiseError
from workspace.ledger.chain import Entry, Event
from workspace.ledger.stating import REVOKE, event_of, taken_back

TABLE = "control.match_decisions"
LINKED, PARTED = "match_linked", "match_parted"
Decision = Literal["link", "never"]
DECISIONS: dict[str, Decision] = {LINKED: "link", PARTED: "never"}
# Object, smaller key, larger key.
Pair = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class MatchDecision:
    """What is decided of two records of one object; the keys are in their order."""

    object_type: str
    record_key_l: str
    record_key_r: str
    decision: Decision
    ledger_seq: int
    effective_date: date | None
    reason: str
    decided_by: str
    decided_at: str

    @property
    def pair(self) -> Pair:
        """Return the records it is about."""
        return self.object_type, self.record_key_l, self.record_key_r


def decided(
    object_type: str,
    one: str,
    other: str,
    decision: Decision,
    *,
    reason: str,
    actor: str,
    at: str,
) -> Event:
    """Return the event that two records are one, or never are.

    Raises DECISION_REFUSED when both are the same record.
    """
    if one == other:
        cause = "Both are the same record; a decision is of two."
        raise TierwiseError("DECISION_REFUSED", place=one, cause=cause)
    kind = LINKED if decision == "link" else PARTED
    subject = {"object_type": object_type, "record_keys": sorted((one, other))}
    return event_of(kind, subject, reason=reason, actor=actor, at=at)


def revoked(
    sequence: int, standing: Iterable[MatchDecision], *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that takes a decision on a pair back.

    Raises DECISION_REFUSED when the entry decides nothing that is in force.
    """
    return taken_back(
        sequence,
        (decision.ledger_seq for decision in standing),
        "is no decision on two records that is in force",
        reason=reason,
        actor=actor,
        at=at,
    )


def match_decisions(entries: Iterable[Entry]) -> list[MatchDecision]:
    """Return what stewards decided of single pairs: the last word on each, none once revoked.

    A decision that was replaced does not come back when its successor is revoked.
    """
    found: dict[Pair, MatchDecision] = {}
    for entry in entries:
        if entry.event.kind == REVOKE:
            sequence = entry.event.subject["sequence"]
            found = {pair: d for pair, d in found.items() if d.ledger_seq != sequence}
        for decision in _of(entry):
            found[decision.pair] = decision
    return [found[pair] for pair in sorted(found)]


def _of(entry: Entry) -> Iterator[MatchDecision]:
    event = entry.event
    if event.kind in DECISIONS:
        smaller, larger = event.subject["record_keys"]
        yield MatchDecision(
            object_type=event.subject["object_type"],
            record_key_l=smaller,
            record_key_r=larger,
            decision=DECISIONS[event.kind],
            ledger_seq=entry.sequence,
            effective_date=None,
            reason=event.reason,
            decided_by=event.actor,
            decided_at=event.at,
        )

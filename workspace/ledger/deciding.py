"""Taking a decision on a quarantined record: what may be said of it, and the event that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workspace.confirmable import parts_of, refusal
from workspace.errors import TierwiseError
from workspace.ledger.chain import Event
from workspace.ledger.row_decisions import CONFIRM, DISMISS, PLACE, Record, RowDecision
from workspace.ledger.stating import event_of, taken_back

INSTEAD = "It can be dismissed, or corrected at its source."
# How ingest begins what it says of records of several extracts that map to one row.
ACROSS_EXTRACTS = "Several records map to"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One row of quarantine: a record and one cause."""

    file_sha256: str
    record_number: int
    code: str
    system: str
    extract: str
    file_name: str
    detail: str
    raw_text: str

    @property
    def name(self) -> str:
        """Return how people name it: enough of the hash, the record, the cause."""
        return f"{self.file_sha256[:12]}:{self.record_number}:{self.code}"

    @property
    def record(self) -> Record:
        """Return the record that it is about."""
        return self.file_sha256, self.record_number

    def subject(self) -> dict[str, Any]:
        """Return the record for the ledger; of its text, which may be private, only a hash."""
        place = {name: getattr(self, name) for name in PLACE}
        return {**place, "raw_sha256": hashlib.sha256(self.raw_text.encode()).hexdigest()}


def confirmation(
    faults: Sequence[Fault], quarantine: Sequence[Fault], *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that one record is right in spite of its faults.

    Of records that contradict each other by their key, those not chosen are dismissed with it.
    Raises DECISION_REFUSED for a fault that nobody may overrule.
    """
    rivals: dict[Record, Fault] = {}
    for fault in faults:
        refused = refusal(fault.code, fault.detail)
        if refused is not None:
            cause = f"It cannot be confirmed. {refused} {INSTEAD}"
            raise TierwiseError("DECISION_REFUSED", place=fault.name, cause=cause)
        if fault.code == "ROW_KEY_DUP":
            rivals |= {rival.record: rival for rival in _rivals(fault, quarantine)}
    subject = {
        **faults[0].subject(),
        "codes": sorted(fault.code for fault in faults),
        "rivals": [rivals[key].subject() for key in sorted(rivals)],
    }
    return event_of(CONFIRM, subject, reason=reason, actor=actor, at=at)


def dismissal(faults: Sequence[Fault], *, reason: str, actor: str, at: str) -> Event:
    """Return the event that one record is left out on purpose, whatever is wrong with it."""
    subject = {**faults[0].subject(), "codes": sorted(fault.code for fault in faults)}
    return event_of(DISMISS, subject, reason=reason, actor=actor, at=at)


def revocation(
    sequence: int, in_force: Sequence[RowDecision], *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that takes an entry back.

    Raises DECISION_REFUSED when the entry decides nothing that is in force.
    """
    return taken_back(
        sequence,
        (decision.ledger_seq for decision in in_force),
        "is no decision on a record that is in force",
        reason=reason,
        actor=actor,
        at=at,
    )


def _rivals(fault: Fault, quarantine: Sequence[Fault]) -> list[Fault]:
    """Return the records that contradict one by its key: ingest says the same of all of them."""
    said = set(parts_of(fault.detail))

    def contradicts(other: Fault) -> bool:
        near = (other.system, other.extract) == (fault.system, fault.extract)
        shared = said & set(parts_of(other.detail))
        return any(near or part.startswith(ACROSS_EXTRACTS) for part in shared)

    found = [other for other in quarantine if other.code == fault.code and contradicts(other)]
    rivals = [other for other in found if other.record != fault.record]
    if not rivals:
        cause = "No record that contradicts it is in quarantine, so that there is none to choose."
        raise TierwiseError("DECISION_REFUSED", place=fault.name, cause=cause)
    return rivals

"""Decisions on quarantined records: what stands in the ledger, and what a night does with it.

A decision names a record by the hash of its file and its number, so that it holds wherever and
however often the same bytes are delivered, and for no other record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workspace.ledger.chain import Entry
from workspace.ledger.stating import REVOKE

TABLE = "control.row_decisions"
CONFIRM, DISMISS = "row_confirmed", "row_dismissed"
# Hash of the file, number in it.
Record = tuple[str, int]
PLACE = ("system", "extract", "file_name", "file_sha256", "record_number")
# In place of a code: a dismissal is of the record, whatever is wrong with it.
WHOLE_RECORD = "*"


@dataclass(frozen=True, kw_only=True)
class RowDecision:
    """What is decided about one record, and for a confirmation about one cause."""

    file_sha256: str
    record_number: int
    code: str
    decision: str
    system: str
    extract: str
    file_name: str
    ledger_seq: int
    reason: str
    decided_by: str
    decided_at: str

    @property
    def record(self) -> Record:
        """Return the record it is about."""
        return self.file_sha256, self.record_number

    @property
    def key(self) -> tuple[str, int, str]:
        """Return the record and the cause it is about."""
        return *self.record, self.code


def in_force(entries: Iterable[Entry]) -> list[RowDecision]:
    """Return what the entries come to: the last word on a record counts, and none once revoked.

    To dismiss a record takes back what was confirmed of it, and the other way round. A decision
    that was replaced does not come back when its successor is revoked.
    """
    found: dict[Record, dict[str, RowDecision]] = {}
    touched: dict[int, set[Record]] = {}
    for entry in entries:
        if entry.event.kind == REVOKE:
            sequence = entry.event.subject["sequence"]
            for record in touched.get(sequence, ()):
                kept = [d for d in found[record].values() if d.ledger_seq != sequence]
                found[record] = {decision.code: decision for decision in kept}
        elif entry.event.kind in {CONFIRM, DISMISS}:
            for decision in _decisions(entry):
                said = found.setdefault(decision.record, {})
                if any(other.decision != decision.decision for other in said.values()):
                    said.clear()
                said[decision.code] = decision
                touched.setdefault(entry.sequence, set()).add(decision.record)
    return [said[code] for _, said in sorted(found.items()) for code in sorted(said)]


def _decisions(entry: Entry) -> Iterator[RowDecision]:
    """Return one decision for each code of a confirmed record, and one for each dismissed one."""
    subject: Mapping[str, Any] = entry.event.subject
    shared: dict[str, Any] = {
        "ledger_seq": entry.sequence,
        "decided_by": entry.event.actor,
        "decided_at": entry.event.at,
    }
    record: dict[str, Any] = {**{name: subject[name] for name in PLACE}, **shared}
    if entry.event.kind == DISMISS:
        yield RowDecision(
            **record, code=WHOLE_RECORD, decision="dismiss", reason=entry.event.reason
        )
        return
    for code in subject["codes"]:
        yield RowDecision(**record, code=code, decision="confirm", reason=entry.event.reason)
    for rival in subject["rivals"]:
        place: dict[str, Any] = {name: rival[name] for name in PLACE}
        chosen = f"record {subject['record_number']} of {subject['file_name']} was chosen"
        yield RowDecision(
            **place,
            **shared,
            code=WHOLE_RECORD,
            decision="dismiss",
            reason=f"{chosen}: {entry.event.reason}",
        )

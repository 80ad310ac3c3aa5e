"""What the audit of the delivered history found, and what a steward has confirmed of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from workspace.backfill_dates import Partition
from workspace.errors import TierwiseError
from workspace.ledger.chain import Entry, Event
from workspace.ledger.stating import REVOKE, event_of, taken_back

AUDIT = "control.history_integrity_audit"
CONFIRM = "history_confirmed"
WHOLE_HISTORY = "(all)"
# What makes a finding one that a backfill need not refuse, beside a steward's confirmation.
REMEDIES: dict[str, str] = {
    "gap": "deliver the missing days, or enter the closure in calendars.yml",
    "duplicate_load": "withdraw one of the two loads in the contract's delivery",
    "reused_code": "give the former item a code of its own in the mapping",
    "restated_period": "deliver the month as it was published, or confirm the new state",
    "ledger_break": "deliver the lines that are missing, or correct ledger_totals",
}


@dataclass(frozen=True, kw_only=True)
class HistoryFinding:
    """One row of the audit; `object_key` is the item's code, or (all) for every line."""

    system: str
    extract: str
    history: str
    kind: str
    period_start_date: date
    period_end_date: date
    object_key: str
    found_count: int
    expected_count: int
    detail: str

    @property
    def finding_id(self) -> str:
        """Return what people call it: 12 hex of all it says but its words.

        A finding that changes has another id, so that it must be confirmed anew.
        """
        said = {name: str(value) for name, value in asdict(self).items() if name != "detail"}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def remedy(self) -> str:
        """Return what would clear it."""
        command = f"tierwise history confirm {self.finding_id} --build"
        return f"{REMEDIES[self.kind]}; or confirm it: {command}"

    @property
    def subject(self) -> str:
        """Return whose history it is about."""
        item = "" if self.object_key == WHOLE_HISTORY else f", item {self.object_key}"
        return f"{self.system}.{self.extract}{item}"

    def document(self) -> dict[str, Any]:
        """Return the finding as one JSON-ready document."""
        dated = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }
        return {"finding": self.finding_id, **dated, "remedy": self.remedy}


def read_audit(file: Path, table: str = AUDIT) -> list[HistoryFinding]:
    """Return the findings that a backfill refuses periods for, oldest period first.

    In a release the table is `history_integrity_audit`.
    """
    names = [name for name in HistoryFinding.__annotations__ if name != "detail"]
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            f"select {', '.join(names)}, detail from {table} where is_blocking "
            "order by period_start_date, period_end_date, system, extract, history, kind, "
            "object_key"
        ).fetchall()
    return [HistoryFinding(**dict(zip([*names, "detail"], row, strict=True))) for row in rows]


def blocking(
    findings: Sequence[HistoryFinding], partition: Partition
) -> tuple[HistoryFinding, ...]:
    """Return the findings whose period has a day of a partition; each keeps it from being built."""
    return tuple(
        finding
        for finding in findings
        if finding.period_start_date <= partition.business_date
        and finding.period_end_date >= partition.first_day
    )


def confirmation(finding: HistoryFinding, *, reason: str, actor: str, at: str) -> Event:
    """Return the event that the history is right, whatever the audit makes of it."""
    subject = {name: v for name, v in finding.document().items() if name != "remedy"}
    return event_of(CONFIRM, subject, reason=reason, actor=actor, at=at)


def confirmed(entries: Iterable[Entry]) -> dict[str, int]:
    """Return the ledger's entry by confirmed finding; what was revoked is not among them."""
    found: dict[str, int] = {}
    for entry in entries:
        subject: Mapping[str, Any] = entry.event.subject
        if entry.event.kind == CONFIRM:
            found[subject["finding"]] = entry.sequence
        elif entry.event.kind == REVOKE:
            found = {name: at for name, at in found.items() if at != subject["sequence"]}
    return found


def revocation(
    sequence: int, known: Mapping[str, int], *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that takes a confirmation back; raises DECISION_REFUSED without one."""
    otherwise = "confirms no finding that is still confirmed"
    return taken_back(sequence, known.values(), otherwise, reason=reason, actor=actor, at=at)


def named_finding(findings: Sequence[HistoryFinding], name: str) -> HistoryFinding:
    """Return a finding by its id or the start of it; raises UNIT_UNKNOWN with those there are."""
    found = [finding for finding in findings if finding.finding_id.startswith(name)]
    if len(found) != 1:
        known = ", ".join(finding.finding_id for finding in findings[:5]) or "none"
        cause = f"`{name}` names {len(found)} findings of the audit. There are: {known}."
        raise TierwiseError("UNIT_UNKNOWN", place=name, cause=cause)
    return found[0]

"""The declarations about whole entities that stand, and what they say of single records.

An acquisition is of a namespace, the system whose keys the acquired firm's records bear. It keeps
them apart from the moment it is declared until somebody approves it. Reversed, it loses first its
approval, and then stands no more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, product

from workspace.ledger.chain import Entry
from workspace.ledger.match_decisions import Decision, MatchDecision
from workspace.ledger.stating import REVOKE

TABLE = "control.entity_declarations"
MERGED, SPLIT = "entity_merged", "entity_split"
ACQUIRED, APPROVED, DIVESTED = "entity_acquired", "entity_approved", "entity_divested"
DECLARATIONS = {MERGED: "merge", SPLIT: "split", ACQUIRED: "acquire", DIVESTED: "divest"}


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One row of control.entity_declarations, which says what its columns mean."""

    ledger_seq: int
    declaration: str
    object_type: str | None
    golden_id: str | None
    other_golden_id: str | None
    namespace: str | None
    record_keys: str
    other_record_keys: str
    share_rate: float | None
    effective_date: date
    is_approved: bool
    reason: str
    decided_by: str
    decided_at: str


def declarations(entries: Iterable[Entry]) -> list[Declaration]:
    """Return the declarations that stand, in the order in which they were made."""
    found: dict[int, Declaration] = {}
    for entry in entries:
        kind, subject = entry.event.kind, entry.event.subject
        if kind in DECLARATIONS:
            found[entry.sequence] = _declaration(entry)
        elif kind == APPROVED and subject["sequence"] in found:
            of = subject["sequence"]
            found[of] = replace(found[of], is_approved=True)
        elif kind == REVOKE and subject["sequence"] in found:
            of = subject["sequence"]
            if found[of].declaration == "acquire" and found[of].is_approved:
                found[of] = replace(found[of], is_approved=False)
            else:
                del found[of]
    return list(found.values())


def _declaration(entry: Entry) -> Declaration:
    event = entry.event
    subject = event.subject
    return Declaration(
        ledger_seq=entry.sequence,
        declaration=DECLARATIONS[event.kind],
        object_type=subject.get("object_type"),
        golden_id=subject.get("golden_id"),
        other_golden_id=subject.get("other_golden_id"),
        namespace=subject.get("namespace"),
        record_keys=json.dumps(subject.get("record_keys", [])),
        other_record_keys=json.dumps(subject.get("other_record_keys", [])),
        share_rate=subject.get("share_rate"),
        effective_date=date.fromisoformat(subject["effective_date"]),
        is_approved=event.kind != ACQUIRED,
        reason=event.reason,
        decided_by=event.actor,
        decided_at=event.at,
    )


def on_records(standing: Iterable[Declaration]) -> Iterator[MatchDecision]:
    """Return what declarations say of each two records.

    A merger makes one of each record of the one and each of the other, so that it holds whichever
    of them are delivered. A split keeps those that leave from those that stay, and together.
    """
    for declaration in standing:
        own = json.loads(declaration.record_keys)
        others = json.loads(declaration.other_record_keys)
        if declaration.declaration == "merge":
            yield from _each(product(own, others), "link", declaration)
        elif declaration.declaration == "split":
            yield from _each(product(own, others), "never", declaration)
            yield from _each(combinations(others, 2), "link", declaration)


def _each(
    pairs: Iterable[tuple[str, str]], decision: Decision, declaration: Declaration
) -> Iterator[MatchDecision]:
    for one, other in pairs:
        yield MatchDecision(
            object_type=declaration.object_type or "",
            record_key_l=min(one, other),
            record_key_r=max(one, other),
            decision=decision,
            ledger_seq=declaration.ledger_seq,
            effective_date=declaration.effective_date,
            reason=declaration.reason,
            decided_by=declaration.decided_by,
            decided_at=declaration.decided_at,
        )

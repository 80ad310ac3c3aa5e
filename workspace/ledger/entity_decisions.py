"""Declaring what becomes of whole entities: what may be said, and the events that say so.

A declaration names the golden ids it is about and the records they have when it is made. Nights
from its effective date on go by it, until an entry reverses it; `entity_declarations` reads them
back. Nothing is ever deleted: to take back is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ledger.chain import Event
from workspace.ledger.entity_declarations import (
    ACQUIRED,
    APPROVED,
    DIVESTED,
    MERGED,
    SPLIT,
    Declaration,
)
from workspace.ledger.stating import REVOKE, event_of

OBJECTS = {"c": "customer", "p": "product", "s": "site", "v": "supplier"}


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A golden id and the records that bear it."""

    golden_id: str
    record_keys: tuple[str, ...]

    @property
    def object_type(self) -> str:
        """Return what the id names."""
        return OBJECTS[self.golden_id.split("-")[0]]


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who declares something, when, why, and from which business date it holds."""

    actor: str
    at: str
    reason: str
    effective_date: date | None = None

    def event(self, kind: str, **subject: Any) -> Event:
        """Return the event; raises DECISION_REFUSED without a name or a reason."""
        if self.effective_date is not None:
            subject["effective_date"] = self.effective_date.isoformat()
        return event_of(kind, subject, reason=self.reason, actor=self.actor, at=self.at)


def merger(survivor: Entity, other: Entity, said: Said) -> Event:
    """Return the event that an entity goes into another, whose id stays."""
    if survivor.golden_id == other.golden_id:
        raise _refused(other.golden_id, "Both are one id already.")
    if survivor.object_type != other.object_type:
        cause = f"A {other.object_type} cannot go into a {survivor.object_type}."
        raise _refused(other.golden_id, cause)
    return said.event(
        MERGED,
        object_type=survivor.object_type,
        golden_id=survivor.golden_id,
        record_keys=sorted(survivor.record_keys),
        other_golden_id=other.golden_id,
        other_record_keys=sorted(other.record_keys),
    )


def splitting(
    entity: Entity, leaving: Sequence[str], said: Said, *, share_rate: float | None = None
) -> Event:
    """Return the event that some records of an entity are another one from now on.

    `share_rate` of a customer's past goes with them; without it each record takes its own along.
    """
    stays = sorted(set(entity.record_keys) - set(leaving))
    strange = sorted(set(leaving) - set(entity.record_keys))
    if strange:
        raise _refused(strange[0], f"It is no record of {entity.golden_id}.")
    if not leaving or not stays:
        raise _refused(entity.golden_id, "Of a split some records leave and some stay.")
    if share_rate is not None and not 0 < share_rate < 1:
        raise _refused(f"share {share_rate:g}", "A share lies between 0 and 1.")
    if share_rate is not None and entity.object_type != "customer":
        cause = "A share is of a customer's past; of all else each record takes its own along."
        raise _refused(f"share {share_rate:g}", cause)
    return said.event(
        SPLIT,
        object_type=entity.object_type,
        golden_id=entity.golden_id,
        record_keys=stays,
        other_record_keys=sorted(set(leaving)),
        share_rate=share_rate,
    )


def acquisition(
    namespace: str, workspace: Workspace, standing: Iterable[Declaration], said: Said
) -> Event:
    """Return the event that a firm was acquired whose records bear the keys of a namespace."""
    known = {
        mapping.namespace or system
        for system, source in workspace.sources.items()
        for mapping in source.value.mappings
    }
    if namespace not in known:
        cause = f"No contract maps to this namespace; there are {', '.join(sorted(known))}."
        raise TierwiseError("UNIT_UNKNOWN", place=namespace, cause=cause)
    declared = [d for d in standing if d.declaration == "acquire" and d.namespace == namespace]
    if declared:
        cause = f"Entry {declared[0].ledger_seq} of the ledger declares its acquisition already."
        raise _refused(namespace, cause)
    return said.event(ACQUIRED, namespace=namespace)


def approval(sequence: int, standing: Iterable[Declaration], said: Said) -> Event:
    """Return the event that an acquired firm's records may be one with the company's own."""
    found = _standing(sequence, standing)
    if found.is_approved:
        raise _refused(f"entry {sequence}", "It needs no approval, or has one.")
    return said.event(APPROVED, sequence=sequence)


def divestiture(entity: Entity, said: Said) -> Event:
    """Return the event that an entity leaves the company: from that day it is in no release."""
    return said.event(
        DIVESTED,
        object_type=entity.object_type,
        golden_id=entity.golden_id,
        record_keys=sorted(entity.record_keys),
    )


def reversal(sequence: int, standing: Iterable[Declaration], said: Said) -> Event:
    """Return the event that takes a declaration back; of an acquisition the approval first."""
    _standing(sequence, standing)
    return said.event(REVOKE, sequence=sequence)


def _standing(sequence: int, standing: Iterable[Declaration]) -> Declaration:
    for declaration in standing:
        if declaration.ledger_seq == sequence:
            return declaration
    cause = f"Entry {sequence} of the ledger is no declaration about an entity that stands."
    raise _refused(f"entry {sequence}", cause)


def _refused(place: str, cause: str) -> TierwiseError:
    return TierwiseError("DECISION_REFUSED", place=place, cause=cause)

"""Values that stewards state of golden records, in place of what any record says.

A statement is about one attribute of one golden id. It holds until its day, until another one is
made of the same attribute, or until it is taken back; what was replaced does not come back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.ledger.chain import Entry, Event
from workspace.ledger.entity_decisions import Entity
from workspace.ledger.stating import REVOKE, event_of, stated, taken_back
from workspace.survivorship import attributes

TABLE = "control.attribute_decisions"
STATED = "attribute_stated"
BOOLEANS = {"true", "false"}


@dataclass(frozen=True, kw_only=True)
class AttributeDecision:
    """One row of control.attribute_decisions, which says what its columns mean."""

    golden_id: str
    attribute: str
    object_type: str
    value: str
    valid_to: date | None
    ledger_seq: int
    reason: str
    decided_by: str
    decided_at: str


def statement(
    entity: Entity,
    attribute: str,
    value: str,
    *,
    until: date | None,
    reason: str,
    actor: str,
    at: str,
) -> Event:
    """Return the event that an attribute of a golden record has a value.

    Raises DECISION_REFUSED for an attribute that it has not, and a value that is none of its.
    """
    known = attributes(entity.object_type)
    if attribute not in known:
        near = suggestion(attribute, list(known))
        cause = f"`{attribute}` is no attribute of a {entity.object_type}.{near}"
        raise TierwiseError("DECISION_REFUSED", place=entity.golden_id, cause=cause)
    subject: dict[str, Any] = {
        "object_type": entity.object_type,
        "golden_id": entity.golden_id,
        "attribute": attribute,
        "value": _as_text(attribute, stated(value, "value"), known[attribute]),
    }
    if until is not None:
        subject["valid_to"] = until.isoformat()
    return event_of(STATED, subject, reason=reason, actor=actor, at=at)


def withdrawal(
    sequence: int, standing: Iterable[AttributeDecision], *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that takes a statement back.

    Raises DECISION_REFUSED when the entry states nothing that is in force.
    """
    return taken_back(
        sequence,
        (decision.ledger_seq for decision in standing),
        "is no value of a golden record that is in force",
        reason=reason,
        actor=actor,
        at=at,
    )


def attribute_decisions(entries: Iterable[Entry]) -> list[AttributeDecision]:
    """Return the last word on each attribute of each golden id, none once it was taken back."""
    found: dict[tuple[str, str], AttributeDecision] = {}
    for entry in entries:
        event = entry.event
        if event.kind == REVOKE:
            gone = event.subject["sequence"]
            found = {key: each for key, each in found.items() if each.ledger_seq != gone}
        elif event.kind == STATED:
            decision = _decision(entry)
            found[decision.golden_id, decision.attribute] = decision
    return [found[key] for key in sorted(found)]


def _decision(entry: Entry) -> AttributeDecision:
    event = entry.event
    until = event.subject.get("valid_to")
    return AttributeDecision(
        golden_id=event.subject["golden_id"],
        attribute=event.subject["attribute"],
        object_type=event.subject["object_type"],
        value=event.subject["value"],
        valid_to=date.fromisoformat(until) if until else None,
        ledger_seq=entry.sequence,
        reason=event.reason,
        decided_by=event.actor,
        decided_at=event.at,
    )


def _as_text(attribute: str, value: str, data_type: str) -> str:
    """Return a value as golden_attribute writes it; raises DECISION_REFUSED for another type."""
    try:
        if data_type == "date":
            return date.fromisoformat(value).isoformat()
        if data_type.startswith("decimal"):
            return f"{_finite(value).quantize(Decimal('0.0001')):f}"
    except (ValueError, InvalidOperation) as error:
        cause = f"`{value}` is no {data_type.split('(')[0]}, and `{attribute}` is one."
        raise TierwiseError("DECISION_REFUSED", place=attribute, cause=cause) from error
    if data_type == "boolean" and value not in BOOLEANS:
        cause = f"`{attribute}` is true or false, not `{value}`."
        raise TierwiseError("DECISION_REFUSED", place=attribute, cause=cause)
    return value


def _finite(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(value)
    return number

"""What each decision in the ledger states: who decided, and why; how an entry is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workspace.errors import TierwiseError
from workspace.ledger.chain import Event

# What takes an entry back, whatever the entry decided.
REVOKE = "decision_revoked"
LONGEST_REASON = 500


def event_of(kind: str, subject: Mapping[str, Any], *, reason: str, actor: str, at: str) -> Event:
    """Return the event of a decision; raises DECISION_REFUSED without a name or a reason."""
    return Event(
        kind=kind,
        actor=stated(actor, "name"),
        at=at,
        reason=stated(reason, "reason"),
        subject=subject,
    )


def taken_back(
    sequence: int, in_force: Iterable[int], otherwise: str, *, reason: str, actor: str, at: str
) -> Event:
    """Return the event that takes an entry back.

    `otherwise` says what an entry is not that is not among those in force: it raises
    DECISION_REFUSED.
    """
    if sequence not in in_force:
        cause = f"Entry {sequence} of the ledger {otherwise}."
        raise TierwiseError("DECISION_REFUSED", place=f"entry {sequence}", cause=cause)
    return event_of(REVOKE, {"sequence": sequence}, reason=reason, actor=actor, at=at)


def stated(text: str, what: str) -> str:
    """Return a text that says something, in one line; raises DECISION_REFUSED otherwise."""
    stated = " ".join(text.split())
    if not stated or len(stated) > LONGEST_REASON or not stated.isprintable():
        cause = f"A {what} is needed: one line of at most {LONGEST_REASON} characters."
        raise TierwiseError("DECISION_REFUSED", place=f"the {what}", cause=cause)
    return stated

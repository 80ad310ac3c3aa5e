"""The chain of the ledger: every entry is hashed with the hash of the one before it.

A chain shows that entries were changed by somebody who did not write the rest anew. Who did is
found by a head that was kept elsewhere: `workspace.ledger.verification` compares with those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

# The head of a ledger in which nothing has been recorded yet.
EMPTY_LEDGER = "0" * 64

# Sequence number, previous hash, text of the event, hash: an entry as it is stored. The last three
# are bytes, since what somebody wrote over an entry need not be text.
Stored = tuple[int, bytes, bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that a person decided; `at` is an ISO instant in UTC, `subject` is plain JSON."""

    kind: str
    actor: str
    at: str
    reason: str
    subject: Mapping[str, Any]

    def text(self) -> bytes:
        """Return the event as JSON whose bytes depend on the content alone."""
        return json.dumps(
            asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An event in its place in the chain; the first has sequence number 1."""

    sequence: int
    hash: str
    event: Event


@dataclass(frozen=True, kw_only=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    cause: str


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A chain followed from its beginning as far as it holds.

    `positions` gives the sequence number of each hash that was looked for and found.
    """

    entry_count: int
    head: str
    positions: Mapping[str, int]
    broken: Break | None


def entry_hash(previous_hash: str, text: bytes) -> str:
    """Return the SHA-256 of the previous entry's hash and this entry's text."""
    return sha256(b"%b\n%b" % (previous_hash.encode(), text)).hexdigest()


def read_event(text: bytes) -> Event:
    """Return the event that a text states."""
    return Event(**json.loads(text))


def walk(entries: Iterable[Stored], wanted: Iterable[str] = ()) -> Walk:
    """Follow a chain; stop at the first entry that is missing, misplaced or changed."""
    looked_for = {head.encode() for head in wanted}
    positions = {EMPTY_LEDGER: 0}
    head, count = EMPTY_LEDGER.encode(), 0
    broken = None
    for sequence, previous_hash, text, stored_hash in entries:
        if sequence != count + 1:
            cause = f"The entry is missing; number {sequence} stands in its place."
        elif previous_hash != head:
            cause = "It does not follow the entry before it: one of the two is not as recorded."
        # As entry_hash has it, but for half a million entries a second.
        elif stored_hash != sha256(b"%b\n%b" % (head, text)).hexdigest().encode():
            cause = "Its text is not the one that was recorded."
        else:
            head, count = stored_hash, sequence
            if head in looked_for:
                positions[head.decode()] = count
            continue
        broken = Break(sequence=count + 1, cause=cause)
        break
    return Walk(entry_count=count, head=head.decode(), positions=positions, broken=broken)

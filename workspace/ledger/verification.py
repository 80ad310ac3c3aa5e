"""Is the ledger what it was? Its own chain says so only with heads that were kept elsewhere.

Whoever can write the file can change an entry and hash all that follow anew. The heads in the
manifests of published releases show that, and so does any head that has left the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.ledger.chain import EMPTY_LEDGER, Break, Walk, walk
from workspace.ledger.store import Ledger, ledger_file, read_ledger
from workspace.releases import Release, gives_its_id, list_releases


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A head that was kept outside the ledger, and how many entries there were then, if known."""

    name: str
    head: str
    entry_count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What following the ledger came to; `broken` is None when every entry is as recorded."""

    entry_count: int
    head: str
    witness_count: int
    broken: Break | None


def release_witness(release: Release) -> Witness:
    """Return the head that a release was published with.

    Raises RELEASE_DAMAGED when that is not the head that the release's id was made with.
    """
    if not gives_its_id(release):
        cause = "Its manifest does not give its id, so that its ledger head proves nothing."
        raise TierwiseError("RELEASE_DAMAGED", place=release.release_id, cause=cause)
    identity = release.manifest["identity"]
    head = identity["key"]["ledger_head"]
    count = 0 if head == EMPTY_LEDGER else identity.get("ledger_entries")
    return Witness(name=f"release {release.release_id}", head=head, entry_count=count)


def verify_ledger(home: Folder, heads: Sequence[str] = ()) -> Verification:
    """Compare the ledger with the heads of all published releases, and with others given."""
    witnesses = [release_witness(release) for release in list_releases(home)]
    witnesses += [Witness(name=f"the head {head[:12]}", head=head) for head in heads]
    with read_ledger(home) as ledger:
        return verify(ledger, witnesses)


def verify(ledger: Ledger, witnesses: Sequence[Witness]) -> Verification:
    """Follow the chain and look for every witness's head on it."""
    found = walk(ledger.stored(), [witness.head for witness in witnesses])
    return Verification(
        entry_count=found.entry_count,
        head=found.head,
        witness_count=len(witnesses),
        broken=first_break(found, witnesses),
    )


def first_break(found: Walk, witnesses: Sequence[Witness]) -> Break | None:
    """Return the first bad entry: where the chain breaks, or where a witness disagrees before."""
    breaks = [] if found.broken is None else [found.broken]
    agreed = {found.positions[w.head] for w in witnesses if _confirms(found, w)}
    for witness in witnesses:
        count = witness.entry_count
        beyond = count is None or count > found.entry_count
        if _confirms(found, witness) or (beyond and found.broken is not None):
            continue
        breaks.append(_disagreement(found, witness, agreed))
    return min(breaks, key=lambda broken: broken.sequence) if breaks else None


def _confirms(found: Walk, witness: Witness) -> bool:
    position = found.positions.get(witness.head)
    return position is not None and witness.entry_count in {None, position}


def _disagreement(found: Walk, witness: Witness, agreed: set[int]) -> Break:
    """Return the first entry that can be other than the witness has seen it.

    It lies after the last entry that another witness confirms; more cannot be known of entries
    that were all written anew.
    """
    count = witness.entry_count
    if count is not None and count > found.entry_count:
        cause = f"It is missing: {witness.name} knows {count} entries, not {found.entry_count}."
        return Break(sequence=found.entry_count + 1, cause=cause)
    first = max((n for n in agreed if count is None or n < count), default=0) + 1
    span = f"Entries {first} to {count} are" if count and count > first else "It is"
    cause = f"{span} not what {witness.name} was written with."
    return Break(sequence=first, cause=cause)


def require_sound(home: Folder, verification: Verification) -> None:
    """Raise LEDGER_DAMAGED when an entry is not as it was recorded."""
    if verification.broken is not None:
        place = f"{ledger_file(home)}, entry {verification.broken.sequence}"
        raise TierwiseError("LEDGER_DAMAGED", place=place, cause=verification.broken.cause)

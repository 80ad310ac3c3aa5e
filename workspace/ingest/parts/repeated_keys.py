"""Keys that stand in several records of an extract, found among all its parts by their hashes.

Sorted hashes of ten million keys are 80 MB and are not read whole: each new key is looked for by
bisection, so that a night costs what arrived and not what there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workspace.ingest.parts.part import KeyHashes, Part

NONE: KeyHashes = np.empty(0, dtype=np.uint64)


def repeated_hashes(known: Sequence[Part], new: Sequence[Part]) -> KeyHashes:
    """Return the hashes that stand twice among new parts, or in a new part and a known one."""
    if not new:
        return NONE
    arrived = np.sort(np.concatenate([part.key_hashes for part in new])) if len(new) > 1 else None
    hashes: KeyHashes = arrived if arrived is not None else new[0].key_hashes
    found = [hashes[1:][hashes[1:] == hashes[:-1]]]
    for part in known:
        if _may_share(part, new):
            found.append(_shared(hashes, part.key_hashes))
    return np.unique(np.concatenate(found))


def parts_with(parts: Sequence[Part], hashes: KeyHashes) -> list[Part]:
    """Return the parts that hold any of some sorted hashes."""
    return [part for part in parts if len(hashes) and len(_shared(hashes, part.key_hashes))]


def _may_share(part: Part, new: Sequence[Part]) -> bool:
    """Tell whether the range of a part's first key column meets that of any new one."""
    low, high = part.facts.lowest_key, part.facts.highest_key
    if low is None or high is None:
        return False
    return any(
        one.facts.lowest_key is not None
        and one.facts.highest_key is not None
        and low <= one.facts.highest_key
        and one.facts.lowest_key <= high
        for one in new
    )


def _shared(one: KeyHashes, other: KeyHashes) -> KeyHashes:
    """Return the sorted hashes in both; the shorter is looked for in the longer."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    if not len(few):
        return NONE
    places = np.minimum(np.searchsorted(many, few), len(many) - 1)
    shared: KeyHashes = np.asarray(few[many[places] == few])
    return shared

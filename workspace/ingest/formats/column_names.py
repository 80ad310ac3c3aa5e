"""Delivered names of columns as the contract writes them: upper and lower case count for nothing.

An ERP that writes KUNNR and, after an upgrade, Kunnr delivers the same column. Two delivered names
that differ in case alone are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def declared_names(delivered: Sequence[str], declared: Iterable[str]) -> tuple[str, ...]:
    """Return each delivered name as it is declared, or as it is where the contract has none."""
    given = set(delivered)
    absent = {name.casefold(): name for name in declared if name not in given}
    if not absent:
        return tuple(delivered)
    known, folded = set(declared), [name.casefold() for name in delivered]
    return tuple(
        name if name in known or folded.count(plain) > 1 else absent.get(plain, name)
        for name, plain in zip(delivered, folded, strict=True)
    )


def renamed_note(names: Sequence[str], delivered: Sequence[str]) -> list[str]:
    """Return a sentence on the names that were not taken as they are."""
    changed = [was for name, was in zip(names, delivered, strict=True) if name != was]
    if not changed:
        return []
    shown = ", ".join(changed)[:200]
    return [f"Header names were read without regard to case: {shown}."]

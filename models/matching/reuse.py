"""Source keys that mean another thing than they did: a customer number given out a second time.

A name may change, and so may a number. Only where both speak against it is a key taken to mean
another thing: an identifier that is there on both sides differs, none is the same, and the names
have no word in common.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import polars as pl

WORD = re.compile(r"[^\W_]+")
# Words that begin alike are spellings of one: Siemens and Siemens', metal and metals.
ALIKE = 4


def recycled(
    now: pl.DataFrame,
    before: pl.DataFrame,
    *,
    name: str,
    identifiers: Sequence[str],
    ignored: Collection[str] = (),
) -> pl.DataFrame:
    """Return record_key, name_before and name_now of the keys that were given out anew.

    Both frames have record_key, the name and the identifiers, as text. Words of `ignored`, such
    as legal forms, say nothing of a name.
    """
    both = now.join(before, on="record_key", suffix="_before")
    differs = [pl.col(column) != pl.col(f"{column}_before") for column in identifiers]
    agrees = [pl.col(column) == pl.col(f"{column}_before") for column in identifiers]
    suspects = both.filter(
        pl.any_horizontal(differs).fill_null(value=False),
        pl.any_horizontal(agrees).fill_null(value=False).not_(),
    ).select("record_key", name_before=f"{name}_before", name_now=name)
    without = frozenset(word.casefold() for word in ignored)
    is_other = [
        not _share_a_word(_words(then, without), _words(today, without))
        for then, today in suspects.select("name_before", "name_now").iter_rows()
    ]
    return suspects.filter(pl.Series(is_other, dtype=pl.Boolean)).sort("record_key")


def _words(name: str | None, ignored: Collection[str]) -> set[str]:
    """Return the words of a name; all of them where every one is ignored."""
    words = set(WORD.findall((name or "").casefold()))
    return (words - set(ignored)) or words


def _share_a_word(one: set[str], other: set[str]) -> bool:
    """Say whether two names have a word in common; a missing name may be any."""
    begins = {word[:ALIKE] for word in one} & {word[:ALIKE] for word in other}
    return bool(begins) or not one or not other

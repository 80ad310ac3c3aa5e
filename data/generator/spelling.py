"""What clerks make of a customer's name and address: other spellings, slips, places it has left."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.plan import Plan
from data.generator.words import CITIES

PLAIN_LETTERS = {ord("ö"): "oe", ord("ä"): "ae", ord("ü"): "ue", ord("é"): "e", ord("è"): "e"}
LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстувшжыз"
IN_CYRILLIC = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())
# Of all accounts: what is abbreviated, turned round, slipped in twice; of the CRM's, in Cyrillic.
SHARES = {"abbreviated": 0.06, "turned": 0.05, "slipped": 0.04, "cyrillic": 0.03}
# Accounts that still have the address of before the customer moved.
MOVED = 0.05


def spelt(
    random: np.random.Generator, names: list[str], change: npt.NDArray[np.float64]
) -> list[str]:
    """Spell names as different clerks do: `change` is the chance that a spelling differs."""
    differs = random.random(len(names)) < change
    manner = random.integers(0, 6, len(names))
    return [
        _respelt(name, int(how)) if other else name
        for name, other, how in zip(names, differs, manner, strict=True)
    ]


def _respelt(name: str, manner: int) -> str:
    if manner == 0:
        return name.upper()
    if manner == 1:
        return name.replace(" & ", " + ") if " & " in name else f"{name.split(' ')[0]}, {name}"
    if manner == 2:
        return name.rsplit(" ", 1)[0]
    if manner == 3:
        return name.translate(PLAIN_LETTERS)
    if manner == 4:
        middle = len(name) // 2
        return name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :]
    return f'{name} "{name.split(" ")[0]}"'


def misremembered(plan: Plan, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return accounts some of which have harder names than `spelt` makes, or an old address.

    What is drawn here is drawn last, so that nothing else changes by it.
    """
    random = plan.stream("misremembered")
    ends = np.cumsum(list(SHARES.values()))
    kinds = np.searchsorted(ends, random.random(accounts.height), side="right")
    at = random.random(accounts.height)
    manners = (*SHARES, "plain")
    names = [
        _changed(name, manners[kind], place, is_crm=system == "crm")
        for name, kind, place, system in zip(
            accounts["name"], kinds, at, accounts["system"], strict=True
        )
    ]
    has_moved = pl.Series(random.random(accounts.height) < MOVED)
    cities = [random.choice(CITIES[country]) for country in accounts["country"]]
    codes = [f"{number:05d}" for number in random.integers(1_000, 99_999, accounts.height)]
    return accounts.with_columns(
        name=pl.Series(names, dtype=pl.String),
        city=pl.when(has_moved).then(pl.Series(cities, dtype=pl.String)).otherwise("city"),
        postal_code=pl.when(has_moved).then(pl.Series(codes)).otherwise("postal_code"),
    )


def _changed(name: str, manner: str, at: float, *, is_crm: bool) -> str:
    """Change a name in one manner; `at` from 0 to 1 says where in it."""
    if manner == "cyrillic" and is_crm:
        return name.translate(PLAIN_LETTERS).translate(IN_CYRILLIC)
    words = name.split(" ")
    if manner == "abbreviated":
        return " ".join([words[0], *(f"{w[:4]}." if len(w) > 6 else w for w in words[1:])])
    if manner == "turned":
        if len(words) > 3 and words[1] == "&":
            return " ".join([words[2], "&", words[0], *words[3:]])
        return " ".join([*words[1:-1], words[0], words[-1]]) if len(words) > 2 else name
    if manner == "slipped" and len(name) > 8:
        first = int(at * (len(name) - 4))
        second = (first + len(name) // 2) % (len(name) - 3)
        swapped = name[:first] + name[first + 1] + name[first] + name[first + 2 :]
        return swapped[:second] + swapped[second + 1 :]
    return name

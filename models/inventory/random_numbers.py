"""Random numbers that belong to an item: the same whoever asks, in whatever order and company.

A number is a hash of the item's key, the subject and the week (SplitMix64 as a counter: Steele, Lea
and Flood, 2014, OOPSLA), so that none depends on how many were drawn before it. What is compared
is drawn from the same numbers: common random numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy import special

from models.inventory.arrays import Floats

Keys = NDArray[np.uint64]
_GOLDEN, _FIRST, _SECOND = (
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


def item_keys(names: Iterable[str]) -> Keys:
    """Return one number of 64 bits for each name, the same on every machine."""
    digests = [blake2b(name.encode(), digest_size=8).digest() for name in names]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def uniforms(keys: Keys, weeks: NDArray[np.int64] | int, subject: int) -> Floats:
    """Return the numbers of keys in weeks, between 0 and 1, both excluded.

    `weeks` is one week for each key, or of all of them the same: whatever broadcasts.
    """
    counter = np.atleast_1d(np.asarray(weeks, dtype=np.uint64)) + np.uint64((subject << 32) + 1)
    mixed = keys + counter * _GOLDEN  # whole numbers wrap around, as they should
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed ^= mixed >> np.uint64(31)
    found: Floats = ((mixed >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52
    return found


def exponential_weights(keys: Keys, draws: int, subject: int = 0) -> Floats:
    """Return a weight of mean 1 for each key and draw: the resamples of Rubin (1981).

    Source: Ann. Stat. 9, 130.
    """
    return np.asarray(-np.log(uniforms(keys, np.arange(draws)[:, np.newaxis], subject)).T)


def normals(keys: Keys, weeks: NDArray[np.int64] | int, subject: int) -> Floats:
    """Return standard normal numbers of keys in weeks."""
    return np.asarray(special.ndtri(uniforms(keys, weeks, subject)))


@dataclass(frozen=True, kw_only=True)
class Lognormal:
    """A positive quantity of each item, by its mean and deviation; zero where the mean is."""

    middle: Floats
    spread: Floats

    @classmethod
    def of(cls, mean: Floats, sd: Floats) -> Lognormal:
        """Return the distributions of these means and deviations."""
        ratio = np.divide(sd, mean, out=np.zeros_like(mean), where=mean > 0)
        spread = np.sqrt(np.log1p(ratio**2))
        with np.errstate(divide="ignore"):  # the logarithm of zero is what zero takes
            return cls(middle=np.log(mean) - spread**2 / 2, spread=spread)

    def at(self, items: NDArray[np.int64], standard: Floats) -> Floats:
        """Return what standard normal numbers come to for some items."""
        return np.asarray(np.exp(self.middle[items] + self.spread[items] * standard))

"""Order lines whose facts hang on what a test says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.choice.axis import Axis, Fact, Verdict, judge

Whole = NDArray[np.int64]
HYBRIDS = (("product", "customer"), ("product", "channel"))


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Lines of some customers and products, each drawn on its own."""

    customer: Whole
    product: Whole
    channel: Whole
    noise: np.random.Generator

    def by(self, axis: str, spread: float = 1.0, noise: float = 0.0) -> NDArray[np.float64]:
        """Return a fact with an effect of each cell of an axis, and noise."""
        labels: Whole = getattr(self, axis)
        effects = self.noise.normal(0, spread, labels.max() + 1)
        found: NDArray[np.float64] = effects[labels] + self.noise.normal(0, noise, len(labels))
        return found

    def judged(
        self,
        facts: Mapping[str, NDArray[np.float64]],
        *,
        axes: Sequence[str] = ("customer", "product", "channel"),
        more: Mapping[str, Whole] | None = None,
        hybrids: Sequence[tuple[str, ...]] = HYBRIDS,
    ) -> Verdict:
        """Weigh the axes by these facts."""
        labelled = {**{name: getattr(self, name) for name in axes}, **(more or {})}
        return judge(
            [Fact(name=name, values=values) for name, values in facts.items()],
            [Axis(name=name, labels=labels) for name, labels in labelled.items()],
            hybrids=hybrids,
            customers=[f"c{n}" for n in self.customer],
            products=[f"p{n}" for n in self.product],
        )


def lines(count: int = 1_200, *, customers: int = 40, products: int = 60, seed: int = 1) -> Lines:
    """Draw lines; a customer has one of four channels."""
    drawn = np.random.default_rng(seed)
    customer = drawn.integers(0, customers, count)
    return Lines(
        customer=customer,
        product=drawn.integers(0, products, count),
        channel=drawn.integers(0, 4, customers)[customer],
        noise=drawn,
    )

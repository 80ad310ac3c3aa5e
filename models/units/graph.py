"""The units of one item as a graph whose factors must agree round every cycle.

An edge (u, v, f) says that 1 u = f v, with f a positive fraction. Where the factors agree, every
unit u that edges join to the base unit b has one *potential* p(u), with p(b) = 1 and
p(u) = f · p(v) on each edge: 1 u = p(u) b, whichever way one walks. They agree if and only if the
product of the factors round every cycle is 1, and it is enough to look at the cycles that each
edge outside a spanning tree closes, since all others are made of those (Kirchhoff's law of
voltages, with products for sums). Fractions are of whole numbers: nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

ONE = Fraction(1)


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Edge:
    """1 `unit` is `factor` of `to_unit`."""

    unit: str
    to_unit: str
    factor: Fraction

    def reversed(self) -> Edge:
        """Return the same statement read from its other end."""
        return Edge(unit=self.to_unit, to_unit=self.unit, factor=1 / self.factor)

    def __str__(self) -> str:
        """Return the statement in whole numbers: 5 KGM = 11 EA."""
        return f"{self.factor.denominator} {self.unit} = {self.factor.numerator} {self.to_unit}"


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A walk that ends where it began, yet turns 1 of its first unit into `product` of it."""

    edges: tuple[Edge, ...]
    product: Fraction

    def __str__(self) -> str:
        """Return the statements in the order of the walk, and what they come to."""
        stated = ", ".join(str(edge) for edge in self.edges)
        unit = self.edges[0].unit
        return f"{stated}: round the cycle 1 {unit} becomes {self.product} {unit}"


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What the edges of an item say: potentials by unit, and every cycle that contradicts.

    `parts` are the units that edges join to each other but not to the base unit. A potential of
    an item with a contradiction depends on the way that was walked and must not be used.
    """

    potentials: dict[str, Fraction]
    cycles: tuple[Cycle, ...]
    parts: tuple[frozenset[str], ...]

    def part_of(self, unit: str) -> frozenset[str]:
        """Return the units that a unit is joined to, itself among them."""
        return next((part for part in self.parts if unit in part), frozenset({unit}))


def resolve(base_unit: str, edges: Iterable[Edge]) -> Resolution:
    """Value every unit in the base unit; equal edges count once and their order means nothing."""
    stated = sorted(set(edges))
    around: dict[str, list[Edge]] = {base_unit: []}
    for edge in stated:
        around.setdefault(edge.unit, []).append(edge)
        around.setdefault(edge.to_unit, []).append(edge)
    walk = _Walk(around=around)
    walk.spread(base_unit)
    potentials = dict(walk.potentials)
    parts = [walk.spread(unit) for unit in sorted(around) if unit not in walk.potentials]
    cycles = tuple(
        walk.cycle(edge)
        for edge in stated
        if walk.potentials[edge.unit] != edge.factor * walk.potentials[edge.to_unit]
    )
    return Resolution(potentials=potentials, cycles=cycles, parts=tuple(parts))


class _Walk:
    """A breadth-first walk: the tree it leaves holds a shortest way from each unit to its root."""

    def __init__(self, around: dict[str, list[Edge]]) -> None:
        self.around = around
        self.potentials: dict[str, Fraction] = {}
        self.toward: dict[str, Edge] = {}

    def spread(self, root: str) -> frozenset[str]:
        """Value every unit that edges join to the root, and return them."""
        self.potentials[root] = ONE
        reached = [root]
        for unit in reached:
            for edge in self.around[unit]:
                away = edge if edge.to_unit == unit else edge.reversed()
                if away.unit not in self.potentials:
                    self.potentials[away.unit] = away.factor * self.potentials[unit]
                    self.toward[away.unit] = away
                    reached.append(away.unit)
        return frozenset(reached)

    def cycle(self, edge: Edge) -> Cycle:
        """Return the cycle that an edge closes with the tree, beginning with that edge."""
        out, back = self._way(edge.to_unit), self._way(edge.unit)
        while out and back and out[-1] == back[-1]:
            out.pop()
            back.pop()
        edges = (edge, *out, *(step.reversed() for step in reversed(back)))
        product = ONE
        for step in edges:
            product *= step.factor
        return Cycle(edges=edges, product=product)

    def _way(self, unit: str) -> list[Edge]:
        """Return the edges of the tree from a unit to its root."""
        way: list[Edge] = []
        while unit in self.toward:
            way.append(self.toward[unit])
            unit = self.toward[unit].to_unit
        return way

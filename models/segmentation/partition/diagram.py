"""Decision diagrams: functions of the pieces of several columns, each held once.

A function over levels 0, 1, … is a node: a level and, for each piece of it, the function that is
left when the value lies in that piece; or a leaf. Equal functions are one node, so whether two are
the same is one comparison. Source: Bryant (1986), IEEE Trans. Computers C-35, 677-691, with as many
branches as a level has pieces (Srinivasan et al., 1990).

Whatever is asked is found by splitting level by level, and what has been found is kept. Some rule
sets need exponentially many nodes; TooCostlyError ends those at a limit on steps.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

LEAF = -1  # the level of a leaf


class TooCostlyError(ValueError):
    """More steps than the limit; what was asked is not known."""


class Diagrams:
    """Functions over the same levels; a function is known by a number."""

    def __init__(self, sizes: Sequence[int], *, limit: int) -> None:
        """Begin with the number of pieces of each level; `limit` counts steps of one question."""
        self.sizes = tuple(sizes)
        self.limit = limit
        self.steps = 0
        self.nodes: list[tuple[int, tuple[int, ...]]] = []  # level and branches
        self.values: dict[int, Hashable] = {}  # of leaves
        self._leaves: dict[tuple[type, Hashable], int] = {}  # 1 is not true
        self._splits: dict[tuple[int, tuple[int, ...]], int] = {}
        self._done: dict[Hashable, int] = {}

    def leaf(self, value: Hashable) -> int:
        """The function that is `value` everywhere."""
        key = (type(value), value)
        if key not in self._leaves:
            self._leaves[key] = len(self.nodes)
            self.values[len(self.nodes)] = value
            self.nodes.append((LEAF, ()))
        return self._leaves[key]

    def level(self, function: int) -> int:
        """The first level on which a function depends, LEAF where it depends on none."""
        return self.nodes[function][0]

    def is_leaf(self, function: int) -> bool:
        """Whether a function is the same everywhere."""
        return self.nodes[function][0] == LEAF

    def branch(self, function: int, level: int, piece: int) -> int:
        """What is left of a function when the value of a level lies in a piece."""
        at, branches = self.nodes[function]
        return branches[piece] if at == level else function

    def split(self, level: int, branches: Sequence[int]) -> int:
        """The function that is `branches[p]` where the value of a level lies in piece p."""
        if all(branch == branches[0] for branch in branches):
            return branches[0]
        key = (level, tuple(branches))
        if key not in self._splits:
            self._splits[key] = len(self.nodes)
            self.nodes.append(key)
        return self._splits[key]

    def map(self, change: Callable[[Hashable], Hashable], function: int) -> int:
        """Change the values of a function; `change` is known by its identity."""
        if self.is_leaf(function):
            return self.leaf(change(self.values[function]))
        key = (change, function)
        if key not in self._done:
            level, branches = self.nodes[function]
            self.spend(len(branches))
            self._done[key] = self.split(level, [self.map(change, each) for each in branches])
        return self._done[key]

    def combine(
        self, join: Callable[[Hashable, Hashable], Hashable], first: int, second: int
    ) -> int:
        """Join the values of two functions; `join` is known by its identity."""
        if self.is_leaf(first) and self.is_leaf(second):
            return self.leaf(join(self.values[first], self.values[second]))
        key = (join, first, second)
        if key not in self._done:
            level = self.first_level((first, second))
            self.spend(self.sizes[level])
            self._done[key] = self.split(level, [
                self.combine(join, self.branch(first, level, p), self.branch(second, level, p))
                for p in range(self.sizes[level])
            ])  # fmt: skip
        return self._done[key]

    def fixed(self, function: int, level: int, piece: int) -> int:
        """What is left of a function when a level is fixed that need not be the first."""
        at, branches = self.nodes[function]
        if at == LEAF or at > level:
            return function
        if at == level:
            return branches[piece]
        key = ("fixed", function, level, piece)
        if key not in self._done:
            self.spend(len(branches))
            left = [self.fixed(each, level, piece) for each in branches]
            self._done[key] = self.split(at, left)
        return self._done[key]

    def first_level(self, functions: Sequence[int]) -> int:
        """The first level on which one of several functions depends, of which one has one."""
        return min(self.level(f) for f in functions if not self.is_leaf(f))

    def cells(self, function: int) -> Iterator[tuple[Mapping[int, frozenset[int]], Hashable]]:
        """Yield disjoint boxes (pieces by level; a level left out is free), each with its value."""
        level, branches = self.nodes[function]
        if level == LEAF:
            yield {}, self.values[function]
            return
        pieces: dict[int, set[int]] = {}
        for piece, each in enumerate(branches):
            pieces.setdefault(each, set()).add(piece)
        for each, alike in pieces.items():
            for box, value in self.cells(each):
                self.spend(1)
                yield {level: frozenset(alike), **box}, value

    def begin(self, budget: int | None = None) -> None:
        """Begin a new question; one that has less than the limit has a budget."""
        self.steps = 0 if budget is None else self.limit - budget

    @property
    def left(self) -> int:
        """How many steps the question has left."""
        return max(0, self.limit - self.steps)

    def spend(self, count: int) -> None:
        """Count steps; raises TooCostlyError beyond the limit."""
        self.steps += count
        if self.steps > self.limit:
            raise TooCostlyError(f"over {self.limit:,} steps")

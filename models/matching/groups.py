"""Disjoint sets some of which may not become one.

Joining costs what a union-find costs (Tarjan 1975, J. ACM 22, 215-225), and for the opponents of
the two groups the smaller number of them, so that n records with m objections take
O((n + m) log m) steps in whatever order they are joined.
"""

from __future__ import annotations


class Groups:
    """Groups of the numbers 0 to `size` - 1, at first each alone.

    An objection between two members keeps their groups apart for good. Objections are numbered by
    the caller, the weightiest with the lowest number; of two groups that several keep apart, the
    weightiest is remembered.
    """

    def __init__(self, size: int) -> None:
        """Put every number into a group of its own."""
        self.parent = list(range(size))
        self.opponents: dict[int, dict[int, int]] = {}

    def of(self, member: int) -> int:
        """Return the member that stands for the group."""
        parent = self.parent
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    def oppose(self, one: int, other: int, objection: int) -> bool:
        """Keep the groups of two members apart; return False where they are one group already."""
        one, other = self.of(one), self.of(other)
        if one == other:
            return False
        for near, far in ((one, other), (other, one)):
            known = self.opponents.setdefault(near, {})
            known[far] = min(objection, known.get(far, objection))
        return True

    def join(self, one: int, other: int) -> int | None:
        """Make one group of two, unless an objection keeps them apart: return that one then."""
        one, other = self.of(one), self.of(other)
        if one == other:
            return None
        objection = self.opponents.get(one, {}).get(other)
        if objection is None:
            self._absorb(one, other)
        return objection

    def _absorb(self, one: int, other: int) -> None:
        """Put the group with fewer opponents into the other one, opponents included."""
        if len(self.opponents.get(one, ())) < len(self.opponents.get(other, ())):
            one, other = other, one
        self.parent[other] = one
        for opponent, objection in self.opponents.pop(other, {}).items():
            del self.opponents[opponent][other]
            self.oppose(one, opponent, objection)

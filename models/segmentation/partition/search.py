"""The search for a cell in which some functions are true and others are not."""

from __future__ import annotations

from collections.abc import Iterable

from models.segmentation.partition.diagram import Diagrams


class Search:
    """Splits level by level; a set of functions that cannot be met is remembered.

    `unusual` are pieces, by level, that are tried last. `first_piece` is 1 where null is left out,
    and `levels` says how many levels may be split, None for all.
    """

    def __init__(
        self,
        diagrams: Diagrams,
        unusual: frozenset[tuple[int, int]],
        *,
        first_piece: int,
        levels: int | None,
    ) -> None:
        self.diagrams, self.unusual = diagrams, unusual
        self.first_piece = first_piece
        self.levels = levels
        self.failed: set[tuple[frozenset[int], frozenset[int]]] = set()
        self.yes = diagrams.leaf(value=True)
        self.no = diagrams.leaf(value=False)

    def found(self, wanted: Iterable[int], unwanted: Iterable[int] = ()) -> dict[int, int] | None:
        """Return a cell where all wanted functions are true and no unwanted one, None for none.

        Raises TooCostlyError.
        """
        left = self._simplified(wanted, unwanted)
        return None if left is None else self._cell(*left)

    def _cell(self, wanted: frozenset[int], unwanted: frozenset[int]) -> dict[int, int] | None:
        if not wanted and not unwanted:
            return {}
        level = self.diagrams.first_level((*wanted, *unwanted))
        key = (wanted, unwanted)
        if key in self.failed or (self.levels is not None and level >= self.levels):
            return None
        for piece, still_wanted, still_unwanted in self._pieces(level, wanted, unwanted):
            found = self._cell(still_wanted, still_unwanted)
            if found is not None:
                return {level: piece, **found}
        self.failed.add(key)
        return None

    def _pieces(
        self, level: int, wanted: frozenset[int], unwanted: frozenset[int]
    ) -> list[tuple[int, frozenset[int], frozenset[int]]]:
        """What is left to meet in each piece that can meet it: usual ones first, then the least."""
        branch, open_pieces = self.diagrams.branch, []
        for piece in range(self.first_piece, self.diagrams.sizes[level]):
            self.diagrams.spend(1 + len(wanted) + len(unwanted))
            left = self._simplified(
                {branch(each, level, piece) for each in wanted},
                {branch(each, level, piece) for each in unwanted},
            )
            if left is not None:
                open_pieces.append((piece, *left))
        return sorted(
            open_pieces,
            key=lambda left: ((level, left[0]) in self.unusual, len(left[1]) + len(left[2])),
        )

    def _simplified(
        self, wanted: Iterable[int], unwanted: Iterable[int]
    ) -> tuple[frozenset[int], frozenset[int]] | None:
        """Leave out what is met everywhere; None for what can be met nowhere."""
        yes, no = frozenset(wanted) - {self.yes}, frozenset(unwanted) - {self.no}
        return None if self.no in yes or self.yes in no or yes & no else (yes, no)

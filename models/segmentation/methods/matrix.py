"""Cells of other schemes: the row's segment followed by the column's, as in AX.

Where two schemes speak of one order of classes, a pair may be given one class in place of a cell:
that of the side which wins where the two disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal

from models.segmentation.methods.method import Method, Placement
from models.segmentation.sql_values import quoted

Winner = Literal["rows", "columns", "higher", "lower"]
DISAGREED = "_by_"  # in a rule id, between the class and the side that won it: B_by_rows

_CTES = """\
placed as (
    select
        ruled.*,
        case{passing}
            else {segment}
        end as _segment,
        case{passing}
            else {branch}
        end as _branch
    from ruled
)
"""


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What a pair gets where its two sides disagree: classes from the highest, and who wins."""

    classes: tuple[str, ...]
    winner: Winner


@dataclass(frozen=True, kw_only=True)
class Matrix(Method):
    """The segments of a row scheme, a column scheme and further ones, joined.

    The relation holds the assignments in columns named like the schemes. A segment of
    `pass_through` names a unit that no cell describes: it is kept as it is, the row's first. With a
    resolution the two sides give one class between them. A cell has no flip of its own: it flips
    with its parents.
    """

    row_scheme: str
    column_scheme: str
    pass_through: tuple[str, ...] = ("new", "no_demand", "out_of_scope")
    further_schemes: tuple[str, ...] = ()
    separator: str = ""
    resolution: Resolution | None = None

    @property
    def axes(self) -> tuple[str, ...]:
        """The schemes that it joins, the row's first."""
        return (self.row_scheme, self.column_scheme, *self.further_schemes)

    @property
    def reads(self) -> tuple[str, ...]:
        """The schemes."""
        return self.axes

    @property
    def segments(self) -> tuple[str, ...]:
        """The classes of its resolution, else none of its own: those of its parents, joined."""
        return self.resolution.classes if self.resolution else ()

    def cell(self, classes: Sequence[str]) -> str:
        """Return the name of a cell."""
        return self.separator.join(classes)

    def hashed(self) -> dict[str, object]:
        """All that decides: of what a matrix of two needs not say, only what it does say."""
        unsaid = {"further_schemes": (), "separator": "", "resolution": None}
        content = asdict(self)
        return {name: value for name, value in content.items() if unsaid.get(name, self) != value}

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the cells; they have no bands but those of their parents."""
        del columns, band
        passed = ", ".join(map(quoted, self.pass_through)) or "null"
        segment, branch = self._joined() if self.resolution is None else self._resolved()
        ctes = _CTES.format(
            passing="".join(f"\n            when {a} in ({passed}) then {a}" for a in self.axes),
            segment=segment,
            branch=branch,
        )
        return Placement(ctes=ctes, branch="_branch")

    def _joined(self) -> tuple[str, str]:
        link = f" || {quoted(self.separator)} || " if self.separator else " || "
        joined = link.join(self.axes)
        return joined, joined

    def _resolved(self) -> tuple[str, str]:
        """Write the class of a pair, and the same with who has won it."""
        assert self.resolution is not None
        row, column, winner = self.row_scheme, self.column_scheme, self.resolution.winner
        order = {"higher": "<", "lower": ">"}
        picked = {"rows": row, "columns": column}.get(winner) or (
            f"case when {self._rank(row)} {order[winner]} {self._rank(column)} "
            f"then {row} else {column} end"
        )
        return (
            f"case when {row} = {column} then {row} else {picked} end",
            f"case when {row} = {column} then {row} "
            f"else {picked} || {quoted(DISAGREED + winner)} end",
        )

    def _rank(self, side: str) -> str:
        assert self.resolution is not None
        branches = " ".join(
            f"when {quoted(segment)} then {place}"
            for place, segment in enumerate(self.resolution.classes, start=1)
        )
        return f"case {side} {branches} end"

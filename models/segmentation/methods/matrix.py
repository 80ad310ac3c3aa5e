"""Cells of two schemes: the row's segment followed by the column's, as in AX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.methods.method import Method, Placement
from models.segmentation.sql_values import quoted

_CTES = """\
placed as (
    select
        ruled.*,
        case
            when {row} in ({passing}) then {row}
            when {column} in ({passing}) then {column}
            else {row} || {column}
        end as _segment
    from ruled
)
"""


@dataclass(frozen=True, kw_only=True)
class Matrix(Method):
    """The segments of a row scheme and a column scheme, joined.

    The relation holds the two assignments in columns named like the schemes. A segment of
    `pass_through` names a unit that no cell describes: it is kept as it is, the row's first. A cell
    has no flip of its own: it flips with its parents.
    """

    row_scheme: str
    column_scheme: str
    pass_through: tuple[str, ...] = ("new", "no_demand", "out_of_scope")

    @property
    def reads(self) -> tuple[str, ...]:
        """The two schemes."""
        return (self.row_scheme, self.column_scheme)

    @property
    def segments(self) -> tuple[str, ...]:
        """None of its own: those of its parents, joined."""
        return ()

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the cells; they have no bands but those of their parents."""
        del columns, band
        passing = ", ".join(map(quoted, self.pass_through)) or "null"
        return Placement(
            ctes=_CTES.format(row=self.row_scheme, column=self.column_scheme, passing=passing)
        )

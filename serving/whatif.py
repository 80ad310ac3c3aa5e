"""What a candidate would change of a release: moves between segments, stock and money."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

from serving.diff import SchemeDifference, scheme_differences, scheme_lines
from serving.release_reader import open_pair
from serving.wording import shown

# A cell is a segment of the scheme that the policy hangs on; one that nobody is in is not listed.
SIDE = """
    select segment_id, count(*) as item_count,
        sum(safety_stock_value_amount) as safety_stock_amount,
        sum(policy_stock_value_amount) as policy_stock_amount,
        count(*) filter (where is_below_reorder_point) as below_count
    from {side}.policy_safety_stock
    join {side}.policy_reorder using (product_id, site_id, segment_id)
    group by segment_id
"""
STOCK = f"""
with before as (
    {SIDE.format(side="before")}
), after as (
    {SIDE.format(side="after")}
)
select segment_id,
    coalesce(before.item_count, 0) as items_before, coalesce(after.item_count, 0) as items_after,
    coalesce(before.safety_stock_amount, 0) as safety_stock_before_amount,
    coalesce(after.safety_stock_amount, 0) as safety_stock_after_amount,
    coalesce(before.policy_stock_amount, 0) as policy_stock_before_amount,
    coalesce(after.policy_stock_amount, 0) as policy_stock_after_amount,
    coalesce(before.below_count, 0) as below_before, coalesce(after.below_count, 0) as below_after
from before full join after using (segment_id)
order by segment_id
"""
UNITS = "select scheme_id, count(*) as units from after.segment_assignment group by scheme_id"


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """One cell of the stock policy before and after; amounts in reporting currency.

    `below` counts items whose inventory position is at or below their reorder point.
    """

    segment_id: str
    items_before: int
    items_after: int
    safety_stock_before_amount: Decimal
    safety_stock_after_amount: Decimal
    policy_stock_before_amount: Decimal
    policy_stock_after_amount: Decimal
    below_before: int
    below_after: int


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """All that a candidate would have made different in a release.

    `units` counts the units of each scheme that the candidate has.
    """

    release_id: str
    currency: str
    files: tuple[str, ...]
    units: dict[str, int]
    schemes: tuple[SchemeDifference, ...]
    cells: tuple[CellChange, ...]

    @property
    def total(self) -> CellChange:
        """All cells added up."""
        names = [each.name for each in fields(CellChange) if each.name != "segment_id"]
        sums = {name: sum(getattr(cell, name) for cell in self.cells) for name in names}
        return CellChange(segment_id="all", **sums)

    def text(self) -> str:
        """Return the changes for people."""
        lines = [f"What if {', '.join(self.files)}, on release {self.release_id}", ""]
        moved = {scheme.scheme_id for scheme in self.schemes}
        for scheme in self.schemes:
            lines += scheme_lines(scheme)
        still = [name for name in sorted(self.units) if name not in moved]
        lines += [f"  {name}: nobody moves" for name in still]
        return "\n".join([*lines, "", *self._stock_lines()])

    def _stock_lines(self) -> list[str]:
        if not self.cells:
            return ["  No stock policy hangs on a cell."]
        head = f"  {'stock, ' + self.currency:<14}{'items':>8}{'then':>8}{'safety stock':>15}"
        head += f"{'then':>13}{'policy stock':>15}{'then':>13}"
        below = f"{self.total.below_before:,} items, then {self.total.below_after:,}"
        return [
            head,
            *(_stock_line(cell) for cell in (*self.cells, self.total)),
            "",
            f"  below the reorder point: {below}",
        ]


def _stock_line(cell: CellChange) -> str:
    safety = (cell.safety_stock_before_amount, cell.safety_stock_after_amount)
    policy = (cell.policy_stock_before_amount, cell.policy_stock_after_amount)
    return (
        f"  {cell.segment_id:<14}{cell.items_before:>8,}{cell.items_after:>8,}"
        f"{shown(safety[0], 'amount'):>15}{shown(safety[1], 'amount'):>13}"
        f"{shown(policy[0], 'amount'):>15}{shown(policy[1], 'amount'):>13}"
    )


def what_if(published: Path, tried: Path, files: tuple[str, ...], currency: str) -> WhatIf:
    """Compare a release with what a candidate made of it; `tried` is the candidate's folder."""
    with open_pair(published, tried) as pair:
        return WhatIf(
            release_id=published.name,
            currency=currency,
            files=files,
            units={row["scheme_id"]: row["units"] for row in pair.rows(UNITS)},
            schemes=scheme_differences(pair),
            cells=tuple(CellChange(**row) for row in pair.rows(STOCK)),
        )

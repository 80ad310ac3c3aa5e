"""Classes by one column: the first cut with `value <= up_to`, else the last segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from models.segmentation.errors import SchemeError
from models.segmentation.grid import neighbours
from models.segmentation.methods.cuts import Cut, Ladder, case, check_cuts
from models.segmentation.methods.method import STOOD, Flip, Method, Placement
from models.segmentation.sql_values import plain_decimal, quoted

_CTES = """\
placed as (
    select
        ruled.*,
        {segment} as _segment,
        {flip_value} as _flip_value,
        {flip_segment} as _flip_segment
    from ruled
)
"""


@dataclass(frozen=True, kw_only=True)
class Thresholds(Method):
    """Cuts on the values of a column; the flip is the nearest value on the column's grid."""

    column: str
    cuts: tuple[Cut, ...]
    last_segment_id: str

    def __post_init__(self) -> None:
        """Refuse cuts out of order."""
        check_cuts(self.cuts, self.last_segment_id)

    @property
    def reads(self) -> tuple[str, ...]:
        """The column that is cut."""
        return (self.column,)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the cuts, and the last."""
        return (*(cut.segment_id for cut in self.cuts), self.last_segment_id)

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the cuts; raises SchemeError for two that the column's type cannot tell apart."""
        ladder = Ladder(
            value=self.column,
            segments=self.segments,
            cuts=tuple(plain_decimal(cut.up_to) for cut in self.cuts),
            is_falling=False,
        )
        flips = self._flips(columns[self.column])
        limits = [limit for limit, _, _ in flips]
        ctes = _CTES.format(
            segment=ladder.segment_at(self.column),
            flip_value=self._up_to(limits, [plain_decimal(value) for _, value, _ in flips]),
            flip_segment=self._up_to(limits, [quoted(segment) for _, _, segment in flips]),
        )
        return Placement(
            ctes=ctes,
            flip=Flip(column=quoted(self.column), value="_flip_value", segment="_flip_segment"),
            banded=ladder.banded(STOOD, band) if band else None,
        )

    def _flips(self, data_type: str) -> list[tuple[Decimal | None, Decimal, str]]:
        """Return up to which value which flip is the nearest: limit, value and segment."""
        around = [neighbours(cut.up_to, data_type) for cut in self.cuts]
        if any(low.at_most >= high.at_most for low, high in pairwise(around)):
            raise SchemeError(f"two cuts of {self.column} are nearer than its type can tell apart")
        segments = self.segments
        flips: list[tuple[Decimal | None, Decimal, str]] = []
        for number, cut in enumerate(self.cuts):
            if number:
                low, high = around[number - 1].at_most, around[number].above
                flips.append(((low + high) / 2, low, segments[number - 1]))
            flips.append((cut.up_to, around[number].above, segments[number + 1]))
        flips.append((None, around[-1].at_most, segments[-2]))
        return flips

    def _up_to(self, limits: Sequence[Decimal | None], results: Sequence[str]) -> str:
        return case(
            *(
                f"else {result}"
                if limit is None
                else f"when {self.column} <= {plain_decimal(limit)} then {result}"
                for limit, result in zip(limits, results, strict=True)
            )
        )

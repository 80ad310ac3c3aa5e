"""Smooth, erratic, intermittent or lumpy, by mean demand interval and squared variation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.grid import neighbours
from models.segmentation.methods.cuts import Ladder, case
from models.segmentation.methods.method import STOOD, Flip, Method, Placement
from models.segmentation.sql_values import plain_decimal, quoted

PATTERNS = ("smooth", "erratic", "intermittent", "lumpy")
RARE, UNEVEN = ("intermittent", "lumpy"), ("erratic", "lumpy")
_CTES = """\
leaning as (  -- the ratio that is nearest to its cut, as a share of that cut
    select
        ruled.*,
        case
            when abs({adi} - {adi_cut}) / {adi_cut} <= abs({cv2} - {cv2_cut}) / {cv2_cut}
                then '{adi}'
            else '{cv2}'
        end as _flip_column,
        {adi} >= {adi_cut} as _is_rare,
        {cv2} >= {cv2_cut} as _is_uneven
    from ruled
),

placed as (
    select
        leaning.*,
        {segment} as _segment,
        case
            when _flip_column = '{adi}' and _is_rare then {adi_below}
            when _flip_column = '{adi}' then {adi_at_least}
            when _is_uneven then {cv2_below}
            else {cv2_at_least}
        end as _flip_value,
        case
            when _flip_column = '{adi}' then {other_interval}
            else {other_size}
        end as _flip_segment
    from leaning
)
"""


@dataclass(frozen=True, kw_only=True)
class DemandPattern(Method):
    """The plane of ADI and CV², cut once in each direction.

    A value at its cut belongs to the upper side. Source of the cuts: Syntetos, Boylan & Croston
    (2005), J. Oper. Res. Soc. 56, 495-503.
    """

    adi_column: str
    cv2_column: str
    adi_cut: Decimal = Decimal("1.32")
    cv2_cut: Decimal = Decimal("0.49")

    def __post_init__(self) -> None:
        """Refuse cuts that no ratio can be on both sides of."""
        if self.adi_cut <= 0 or self.cv2_cut <= 0:
            raise SchemeError("the cuts of a demand pattern are positive")

    @property
    def reads(self) -> tuple[str, ...]:
        """The two ratios."""
        return (self.adi_column, self.cv2_column)

    @property
    def segments(self) -> tuple[str, ...]:
        """The four patterns."""
        return PATTERNS

    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the four patterns; the flip is that of the ratio nearest to its cut."""
        adi = neighbours(self.adi_cut, columns[self.adi_column])
        cv2 = neighbours(self.cv2_cut, columns[self.cv2_column])
        ctes = _CTES.format(
            adi=self.adi_column,
            cv2=self.cv2_column,
            adi_cut=plain_decimal(self.adi_cut),
            cv2_cut=plain_decimal(self.cv2_cut),
            segment=_pattern("_is_rare", "_is_uneven"),
            adi_below=plain_decimal(adi.below),
            adi_at_least=plain_decimal(adi.at_least),
            cv2_below=plain_decimal(cv2.below),
            cv2_at_least=plain_decimal(cv2.at_least),
            other_interval=_pattern("not _is_rare", "_is_uneven"),
            other_size=_pattern("_is_rare", "not _is_uneven"),
        )
        return Placement(
            ctes=ctes,
            flip=Flip(column="_flip_column", value="_flip_value", segment="_flip_segment"),
            banded=self._banded(band) if band else None,
        )

    def _banded(self, band: Decimal) -> str:
        """Write the pattern with a band around each of the two cuts."""
        rare = _axis(self.adi_column, self.adi_cut, RARE, band)
        uneven = _axis(self.cv2_column, self.cv2_cut, UNEVEN, band)
        return _pattern(f"({rare}) = 'over'", f"({uneven}) = 'over'")


def _pattern(is_rare: str, is_uneven: str) -> str:
    return case(
        f"when {is_rare} and {is_uneven} then 'lumpy'",
        f"when {is_rare} then 'intermittent'",
        f"when {is_uneven} then 'erratic'",
        "else 'smooth'",
    )


def _axis(column: str, cut: Decimal, over: tuple[str, ...], band: Decimal) -> str:
    """Write on which side of a cut a unit is, with bands."""
    named = ", ".join(map(quoted, over))
    known = ", ".join(map(quoted, PATTERNS))
    stood = case(
        f"when {STOOD} in ({named}) then 'over'", f"when {STOOD} in ({known}) then 'under'"
    )
    ladder = Ladder(
        value=column,
        segments=("over", "under"),
        cuts=(plain_decimal(cut),),
        is_falling=True,
    )
    return ladder.banded(stood, band)

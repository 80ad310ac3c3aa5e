"""segmentation/<scheme>.yml: one scheme, as planners write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from workspace.config.strict import Strict

SegmentId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=32)]


class FirstRule(Strict):
    """A class that is decided before the method, such as `new` or `no_demand`."""

    rule: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    segment: SegmentId
    when: str = Field(description="SQL condition on feature columns; null counts as not met.")


class ParetoShareMethod(Strict):
    """Classes by cumulative share of a measure; the unit that crosses a cut stays above it."""

    kind: Literal["pareto_share"]
    measure: str
    cuts: dict[SegmentId, Annotated[Decimal, Field(gt=0, le=1)]] = Field(
        description="Segment: cumulative share up to which it reaches, ascending to 1."
    )
    within: tuple[str, ...] = Field((), description="Columns that restart the ranking.")


class ThresholdsMethod(Strict):
    """Classes by one value: up to the first cut, up to the second, …, the rest."""

    kind: Literal["thresholds"]
    column: str
    cuts: dict[SegmentId, Decimal] = Field(
        description="Segment: value up to which it reaches, ascending."
    )
    last: SegmentId


class DemandPatternMethod(Strict):
    """Smooth, intermittent, erratic and lumpy demand on the plane of ADI and CV²."""

    kind: Literal["demand_pattern"]
    adi_column: str = "adi_ratio"
    cv2_column: str = "cv2_ratio"
    adi_cut: Decimal = Field(Decimal("1.32"), gt=1)
    cv2_cut: Decimal = Field(Decimal("0.49"), gt=0)


class MatrixMethod(Strict):
    """Cells: the segment of one scheme joined to the segment of another."""

    kind: Literal["matrix"]
    rows: str
    columns: str


class SchemeFile(Strict):
    """segmentation/<scheme>.yml."""

    scheme: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    description: str
    owner: str
    unit: Literal["product_site", "customer"] = "product_site"
    first: tuple[FirstRule, ...] = ()
    method: Annotated[
        ParetoShareMethod | ThresholdsMethod | DemandPatternMethod | MatrixMethod,
        Field(discriminator="kind"),
    ]
    fallback: SegmentId | None = Field(
        None, description="Segment of a unit whose inputs are missing; not used by a matrix."
    )
    value: str = Field("margin_12m_amount", description="Column that says what is at stake.")

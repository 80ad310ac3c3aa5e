"""Shapes of answers. Decimals are exact and therefore text; doubles are numbers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field


class Answer(BaseModel):
    """What every answer from a release states."""

    release_id: str
    as_of_date: date


class Signal(BaseModel):
    """One row of stg_intraday_signals: what happened since the release, provisionally."""

    product_id: str
    site_id: str
    watermark_date: date = Field(description="Last day that the release has complete.")
    first_event_date: date
    last_event_date: date
    event_count: int
    pending_count: int = Field(description="Events whose file no night has published yet.")
    late_count: int
    restated_from_date: date | None
    ordered_units: Decimal
    weekly_mean_units: float | None
    order_spike_limit_units: float | None
    is_order_spike: bool | None
    on_hand_units: Decimal | None
    available_units: Decimal | None
    is_stock_out: bool | None
    late_line_count: int
    is_late_shipment: bool
    is_provisional: bool
    last_arrived_at: datetime


class Assignment(BaseModel):
    """One unit's segment in one scheme; `provisional` where events since the release touch it."""

    scheme_id: str
    unit_type: str = Field(description="Kind of unit, such as product_site or customer.")
    unit_id: str
    product_id: str | None
    product_code: str | None
    site_id: str | None
    site_code: str | None
    customer_id: str | None
    sales_channel_id: str | None
    segment_id: str
    hold_reason: str | None
    valid_from: date
    rule_id: str
    value_at_stake_amount: Decimal | None
    provisional: Signal | None = None


class SegmentPage(Answer):
    """A page of segments; `next_cursor` is null on the last one."""

    items: list[Assignment]
    next_cursor: str | None


class Reason(BaseModel):
    """Why one scheme put a unit where it is, and what would move it."""

    scheme_id: str
    title: str
    segment_id: str
    engine_segment_id: str
    hold_reason: str | None
    held: str | None = Field(description="The check that holds the unit where it is.")
    valid_from: date
    rule_id: str
    rule_hash: str
    why: str
    inputs: dict[str, Any]
    contributions: dict[str, Any] | None = Field(description="What each input adds to a score.")
    fallback_code: str | None
    flip_column: str | None
    flip_value: float | None
    flip_segment_id: str | None
    flip: str | None
    value_at_stake_amount: Decimal | None


class UnitStory(BaseModel):
    """A unit of any kind: segments with their reasons, and what follows for a product at a site."""

    unit_type: str
    unit_id: str
    product_id: str | None = None
    product_code: str | None = None
    product_name: str | None = None
    site_id: str | None = None
    site_code: str | None = None
    site_name: str | None = None
    customer_id: str | None = None
    customer_name: str | None = None
    sales_channel_id: str | None = None
    segments: list[Reason]
    policy: dict[str, Any] | None = None
    provisional: Signal | None = None


class UnitAnswer(Answer):
    """The units that a name stands for."""

    currency: str
    units: list[UnitStory]


class SignalPage(Answer):
    """Signals held against the release; none where the lane has not looked since."""

    looked_at: datetime | None = Field(description="Last look of `tierwise intraday`, in UTC.")
    business_date: date | None
    items: list[Signal]
    next_cursor: str | None


class Feed(BaseModel):
    """How complete one extract is."""

    system: str
    extract: str
    delivery_mode: str
    watermark_date: date | None
    complete_to_date: date | None
    is_provisional: bool
    is_stale: bool


class ReleaseAnswer(Answer):
    """The release that is served."""

    previous_release_id: str | None
    company: str
    currency: str
    published_at: str | None
    feeds: list[Feed]


class Health(BaseModel):
    """Whether the process answers."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """Which release is served; `degraded` where CURRENT names one that cannot be."""

    status: Literal["ready", "degraded"]
    release_id: str
    as_of_date: date
    code: str | None = None
    detail: str | None = None

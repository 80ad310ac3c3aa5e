"""Parts of workspace.yml on data from outside the company: signals and point of sale."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workspace.config.strict import Strict

Days = Annotated[int, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, le=1)]


class SignalSettings(Strict):
    """How long a value of an external signal may be relied upon."""

    time_to_live_days: Days = Field(
        45, description="Days after which a value is stale; it stays in use, and is flagged."
    )
    by_signal: dict[str, Days] = Field(
        default_factory=dict, description="Signal: its own days, in place of the general ones."
    )


class Channel(Strict):
    """A channel that reports what its stores sell."""

    customer_group: str = Field(
        description="Group of the customers who buy for the channel: what they are sold is sell-in."
    )
    store_count: int = Field(ge=1, description="Stores that should report.")


class PointOfSaleSettings(Strict):
    """When a channel's point of sale data are trusted; a channel not named is not."""

    window_weeks: int = Field(8, ge=1, le=53, description="Weeks up to a channel's last report.")
    minimum_coverage_rate: Rate = Field(
        0.9, description="Least share of stores and weeks that were reported."
    )
    maximum_reconciliation_gap_rate: float = Field(
        0.25, ge=0, description="Largest distance of sell-out by sell-in from 1."
    )
    maximum_latency_days: Days = Field(
        10, description="Most days from the last day reported to the business date."
    )
    minimum_reliability_score: Rate = Field(
        0.7, description="Least product of coverage, reconciliation and punctuality."
    )
    channels: dict[str, Channel] = Field(default_factory=dict)

"""Part of workspace.yml on the intraday lane."""

from __future__ import annotations

from pydantic import Field

from workspace.config.strict import Strict


class IntradaySettings(Strict):
    """When events between two nights raise a provisional flag."""

    order_spike_ratio: float = Field(
        2.0, gt=0, description="Open orders as a multiple of mean weekly demand that are a spike."
    )

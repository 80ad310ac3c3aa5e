"""`decision:` of a scheme: what its segments decide, and for how long."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workspace.config.strict import Strict


class Decision(Strict):
    """What the segments of a scheme decide."""

    kind: Literal["strategic", "tactical"] | None = Field(
        None, description="Networks and contracts, or stock and allocation; strategy.yml's if none."
    )
    horizon_months: int | None = Field(
        None,
        ge=1,
        le=120,
        description="Months for which a strategic decision is meant; strategy.yml's if none.",
    )
    tactical_readers: tuple[str, ...] = Field(
        (), description="Policies and schemes that may read it though they decide tactically."
    )

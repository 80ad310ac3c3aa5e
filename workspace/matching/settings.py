"""matching.yml: the thresholds and limits of matching, the same for every object."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from workspace.config.strict import Strict, load_optional


class MatchSettings(Strict):
    """Thresholds and limits; a weight is the log2 of the odds that two records are one thing."""

    link_weight: float = Field(
        6.6, description="From this weight on two records are one (6.6 is 99 to 1)."
    )
    review_weight: float = Field(
        0.0, description="From this weight on a steward is asked (0 is one to one)."
    )
    placeholder_above: int = Field(
        20, ge=2, description="An identifier that more records share is a filler, and no evidence."
    )
    block_limit: int = Field(
        500, ge=2, description="A block of more records is too large to be compared in pairs."
    )
    component_limit: int = Field(
        200, ge=2, description="In a larger component of links not every pair is scored."
    )

    @model_validator(mode="after")
    def _are_in_order(self) -> MatchSettings:
        if self.review_weight > self.link_weight:
            raise ValueError("review_weight is above link_weight")
        return self


def load_match_settings(root: Path) -> MatchSettings:
    """Return what matching.yml of a workspace says; without the file, the defaults.

    Raises ConfigurationErrors.
    """
    stated, _ = load_optional(MatchSettings, root / "matching.yml")
    return stated or MatchSettings.model_validate({})

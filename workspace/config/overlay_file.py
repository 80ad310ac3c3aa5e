"""segmentation/overlays/<overlay>.yml: a firm or region that joins the company, how it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

FOLDER = Path("segmentation") / "overlays"
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class OverlayFile(Strict):
    """segmentation/overlays/<overlay>.yml."""

    overlay: Word
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    owner: str = Field(min_length=1, description="Who answers for it until it is approved.")
    namespace: Word = Field(description="System whose keys the firm's records bear.")
    starter: dict[Word, SegmentId] = Field(
        default_factory=dict,
        description="Scheme of customers: segment that each of the firm's has until then.",
    )

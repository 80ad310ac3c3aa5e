"""segmentation/overlays/<overlay>.yml: a part of the company that differs, or is still to join."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from workspace.config.approval import Approval
from workspace.config.scheme_file import SemanticVersion
from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict

FOLDER = Path("segmentation") / "overlays"
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Parameter = Annotated[str, Field(pattern=r"^[a-z_]+(\.[A-Za-z0-9_]+)*$")]


class OverlayFile(Strict):
    """segmentation/overlays/<overlay>.yml."""

    overlay: Word
    title: str = Field(min_length=1)
    description: str = Field(min_length=1)
    owner: str = Field(min_length=1, description="Who answers for it.")
    version: SemanticVersion | None = Field(None, description="Semantic version, for people.")
    approval: Approval | None = Field(None, description="Who has approved it as it stands.")
    legal_tags: tuple[str, ...] = Field((), description="Laws and contracts it takes account of.")
    since: date | None = Field(None, description="First business date on which its changes hold.")
    until: date | None = Field(
        None, description="Business date from which its changes hold no longer."
    )
    where: dict[Word, str] = Field(
        default_factory=dict,
        description="Unit: SQL condition on organisation fields; its changes hold for these units.",
    )
    change: dict[Word, dict[Parameter, Any]] = Field(
        default_factory=dict,
        description="Scheme: parameters that it opens, and their values for these units.",
    )
    reduced: dict[Word, Word] = Field(
        default_factory=dict,
        description="Scheme: reduced scheme by whose rules these units are classified.",
    )
    namespace: Word | None = Field(
        None, description="System whose keys the records of a firm bear that is still to join."
    )
    starter: dict[Word, SegmentId] = Field(
        default_factory=dict,
        description="Scheme of customers: segment that each of the firm's has until it joins.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.overlay == "base":
            raise ValueError("`base` is what no overlay changes")
        if self.namespace is None and not (self.change or self.reduced):
            raise ValueError("an overlay has a `namespace` to join, a `change`, or is `reduced`")
        if self.starter and self.namespace is None:
            raise ValueError("`starter` is for the customers of a `namespace`")
        if self.since and self.until and self.until <= self.since:
            raise ValueError("`until` is not after `since`")
        return self

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes that are otherwise for its units."""
        return tuple(dict.fromkeys([*self.change, *self.reduced]))

    def holds_on(self, day: date) -> bool:
        """Return whether its changes hold on a business date."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )

"""segmentation/taxonomy.yml: one vocabulary of segments, and what each function calls them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
SegmentCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Validity(Strict):
    """Days on which an entry holds, half-open; without dates always."""

    valid_from: date | None = None
    valid_to: date | None = Field(None, description="Day from which it no longer holds.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Validity:
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("it ends before it begins")
        return self


class TaxonomySegment(Validity):
    """One segment of the vocabulary."""

    title: str = Field(min_length=1)
    definition: str = Field(min_length=1, description="Who belongs to it, in words to decide by.")
    owner: Word = Field(description="Role that answers for the definition.")


class LocalCode(Validity):
    """What one code of a function stands for, for some time."""

    code: str = Field(min_length=1, description="Code as it is delivered.")
    segment: SegmentCode


class LocalCodes(Strict):
    """The codes that one function uses in one system."""

    function: Word = Field(description="Function whose codes they are: sales, logistics, finance.")
    system: Word = Field(description="System, or namespace, whose accounts carry the code.")
    element: str = Field(
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        description="Column of an entity in which the code is delivered.",
    )
    view: Word | None = Field(
        None, description="Of customer_hierarchy: the view whose rows carry the code."
    )
    codes: tuple[LocalCode, ...] = Field(min_length=1)


class TaxonomyFile(Strict):
    """segmentation/taxonomy.yml."""

    version: str = Field(min_length=1, description="Version of the vocabulary, for people.")
    segments: dict[SegmentCode, TaxonomySegment] = Field(min_length=1)
    crosswalks: tuple[LocalCodes, ...] = ()

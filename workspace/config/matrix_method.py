"""`method: {kind: matrix}` of a scheme: other schemes joined, as planners write it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from models.segmentation.methods.matrix import Matrix, Resolution
from workspace.config.segment_names import SegmentId
from workspace.config.strict import Strict


class Resolve(Strict):
    """One class for each pair, where rows and columns give classes of one order."""

    classes: tuple[SegmentId, ...] = Field(
        min_length=2, description="Classes that both schemes give, the highest first."
    )
    wins: Literal["rows", "columns", "higher", "lower"] = Field(
        description="Whose class a pair gets where the two disagree."
    )

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("a class is named twice")
        return self


class MatrixMethod(Strict):
    """Cells: the segment of one scheme joined to the segment of another, and of further ones."""

    kind: Literal["matrix"]
    rows: str | None = Field(None, description="Scheme whose segment comes first.")
    columns: str | None = Field(None, description="Scheme whose segment comes second.")
    axes: tuple[str, ...] | None = Field(
        None, min_length=2, description="Schemes in order, in place of `rows` and `columns`."
    )
    separator: Literal["_"] | None = Field(
        None, description="What stands between the segments of a cell."
    )
    resolve: Resolve | None = Field(
        None, description="Gives a pair one class in place of a cell; for rows and columns alone."
    )

    @model_validator(mode="after")
    def _axes_are_stated_once(self) -> Self:
        if self.axes is None and (self.rows is None or self.columns is None):
            raise ValueError("give `rows` and `columns`, or `axes`")
        if self.axes is not None and (self.rows is not None or self.columns is not None):
            raise ValueError("give either `rows` and `columns`, or `axes`")
        if len(set(self.schemes)) < len(self.schemes):
            raise ValueError("a scheme is an axis twice")
        if self.resolve is not None and len(self.schemes) > 2:
            raise ValueError("`resolve` is for two axes")
        if self.resolve is not None and self.separator:
            raise ValueError("`resolve` gives classes, which have no separator")
        return self

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes that it joins, in order."""
        return self.axes or (self.rows or "", self.columns or "")

    def place_of(self, number: int) -> tuple[str | int, ...]:
        """Return where the file names an axis."""
        return ("axes", number) if self.axes else (("rows", "columns")[number],)

    def method(self) -> Matrix:
        """Return the method of the models."""
        row, column, *further = self.schemes
        resolution = None
        if self.resolve is not None:
            resolution = Resolution(classes=self.resolve.classes, winner=self.resolve.wins)
        return Matrix(
            row_scheme=row,
            column_scheme=column,
            further_schemes=tuple(further),
            separator=self.separator or "",
            resolution=resolution,
        )

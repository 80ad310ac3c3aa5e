"""gates.field_fill of workspace.yml: how well a field must be filled before models run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workspace.config.strict import Strict

Share = Annotated[float, Field(ge=0, le=1)]


class FieldFill(Strict):
    """The least fill of one field."""

    field: str = Field(
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$",
        description="<table>.<column> of a golden record of product or site, a fact or a feature.",
    )
    minimum_rate: Share = Field(description="Least share of items with a value.")
    weight: str | None = Field(
        None, description="Column of feat_item_value that items count by; none: each counts once."
    )
    by: str | None = Field(
        None, description="Scheme whose segments must each keep to the limit; none: all together."
    )
    is_blocking: bool = Field(
        True, description="Whether a field below its limit stops the night, or is only reported."
    )

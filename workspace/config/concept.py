"""A concept: what a business word means in the values that a system delivers for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workspace.config.strict import Strict

ConceptName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Concept(Strict):
    """The definition that a system's values of an element keep to."""

    element: str = Field(
        pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", description="<entity>.<column> it defines."
    )
    formula: str = Field(description="Expression in words of the business, such as gross - tax.")
    owner: str = Field(description="Role that answers for the definition.")

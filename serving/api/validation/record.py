"""What a caller sends to the check, and what comes back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from serving.api.answers import Answer
from serving.api.validation.reasons import DecisionName, Found

MAXIMUM_RECORDS = 1_000
MAXIMUM_FIELDS = 60
Name = Annotated[str, Field(min_length=1, max_length=100)]
Value = Annotated[str, Field(max_length=2_000)] | bool | int | float | None
ENTITY_OF_KIND = {"order_line": "order_lines", "customer": "customers", "product": "products"}


class StatedSegment(BaseModel):
    """A segment that the caller goes by, with the day it was read on or is said to end on."""

    model_config = ConfigDict(extra="forbid", strict=False)

    scheme_id: Name
    segment_id: Name
    as_of_date: date | None = Field(None, description="Day the caller read it on.")
    valid_to: date | None = Field(None, description="First day on which it no longer holds.")


class Record(BaseModel):
    """One record: columns of its entity, and the segments that it goes by."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["order_line", "customer", "product"]
    namespace: Name | None = Field(
        None, description="System whose keys the ids are; without one they are golden ids."
    )
    fields: dict[Name, Value] = Field(max_length=MAXIMUM_FIELDS)
    segments: list[StatedSegment] = Field(default_factory=list, max_length=20)


class Batch(BaseModel):
    """Several records at once."""

    model_config = ConfigDict(extra="forbid")

    records: list[Record] = Field(min_length=1, max_length=MAXIMUM_RECORDS)


def _form(body: Any) -> str:
    is_batch = isinstance(body, Batch) or (isinstance(body, dict) and "records" in body)
    return "batch" if is_batch else "record"


Body = Annotated[
    Annotated[Record, Tag("record")] | Annotated[Batch, Tag("batch")], Discriminator(_form)
]


class Result(BaseModel):
    """The verdict on one record, with the golden ids that its keys stand for."""

    decision: DecisionName
    reasons: list[Found]
    product_id: str | None = None
    customer_id: str | None = None
    site_id: str | None = None


class Verdicts(Answer):
    """One result for each record, in the order sent; `decision` is the worst of them."""

    decision: DecisionName
    results: list[Result]

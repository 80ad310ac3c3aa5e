"""Reason codes of the check: each has one decision, whatever the record."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from pydantic import BaseModel


class Decision(IntEnum):
    """What a screen should do; the worst reason decides."""

    ACCEPT = 0
    WARN = 1
    REJECT = 2


DecisionName = Literal["accept", "warn", "reject"]

# What contradicts the publication or could never be loaded is rejected. What the publication does
# not know may be newer than it, and is only warned of.
REASONS: dict[str, tuple[Decision, str]] = {
    "FIELD_UNKNOWN": (Decision.WARN, "The entity has no such column."),
    "FIELD_ABSENT": (Decision.WARN, "The night needs the value and would set the record aside."),
    "FIELD_EMPTY": (Decision.REJECT, "A value that the entity requires is empty."),
    "FIELD_TYPE": (Decision.REJECT, "The value is not of the column's type."),
    "FIELD_RANGE": (Decision.REJECT, "The value is below its minimum, or does not fit."),
    "FIELD_DOMAIN": (Decision.REJECT, "The value is not one of the allowed codes."),
    "DATE_FUTURE": (Decision.WARN, "The day lies ahead, where only days gone by make sense."),
    "SYSTEM_UNKNOWN": (Decision.REJECT, "The publication has no keys of that system."),
    "PRODUCT_UNKNOWN": (Decision.WARN, "No published product has that key; it may be new."),
    "CUSTOMER_UNKNOWN": (Decision.WARN, "No published customer has that key; it may be new."),
    "SITE_UNKNOWN": (Decision.WARN, "No published site has that key; it may be new."),
    "PRODUCT_EXPIRED": (Decision.REJECT, "The key stood for a product, and no longer does."),
    "CUSTOMER_EXPIRED": (Decision.REJECT, "The key stood for a customer, and no longer does."),
    "SITE_EXPIRED": (Decision.REJECT, "The key stood for a site, and no longer does."),
    "PRODUCT_INACTIVE": (Decision.WARN, "The product is published as discontinued."),
    "CUSTOMER_INACTIVE": (Decision.WARN, "The customer is published as blocked or closed."),
    "SITE_DENIED": (Decision.REJECT, "The key of the caller is not for that site."),
    "SCHEME_UNKNOWN": (Decision.REJECT, "The publication has no such scheme."),
    "SEGMENT_UNKNOWN": (Decision.REJECT, "The scheme gives nobody that segment."),
    "SEGMENT_MISMATCH": (Decision.REJECT, "The publication has the unit in another segment."),
    "SEGMENT_EXPIRED": (Decision.REJECT, "The segment no longer holds for the unit."),
    "UNIT_UNCLASSIFIED": (Decision.WARN, "The publication has no segment for the unit."),
    "UOM_CONTRADICTION": (Decision.WARN, "The unit of measure cannot be converted."),
    "IDENTIFIER_SHAPE": (Decision.WARN, "Length or check digit of the number is wrong."),
    "IDENTIFIER_TAKEN": (Decision.WARN, "Another published record has that number."),
    "VALUE_DIFFERS": (Decision.WARN, "The publication has another value for the record."),
    "STOCK_OUT_PROVISIONAL": (Decision.WARN, "Events since the release use up the stock."),
}


class Found(BaseModel):
    """One reason, where it was found, and what the publication has instead."""

    code: str
    decision: DecisionName
    field: str | None = None
    message: str
    published: str | None = None


def found(
    code: str, field: str | None = None, *, published: object = None, said: str = ""
) -> Found:
    """Return a reason by its code; `said` adds what is special to the record."""
    decision, meaning = REASONS[code]
    name: DecisionName = "reject" if decision is Decision.REJECT else "warn"
    return Found(
        code=code,
        decision=name,
        field=field,
        message=f"{meaning} {said}".strip(),
        published=None if published is None else str(published),
    )


def decision_of(reasons: list[Found]) -> DecisionName:
    """Return what all reasons come to."""
    names = {reason.decision for reason in reasons}
    if "reject" in names:
        return "reject"
    return "warn" if "warn" in names else "accept"

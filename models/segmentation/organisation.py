"""Organisation fields: where a unit hangs in the company, which is no reason for its class.

A plant, a sales office or a business unit says who looks after a unit, not what it needs. As an
input it would give two equal units two classes, and reorganising would move them. So rules may not
read such a field unless their scheme allows it by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from models.segmentation.lint import Code, Finding

_ORGANISATION = re.compile(
    r"(plant|site|business_unit|sales_(area|group|office|organisation|region|unit))"
    r"(_(id|code|name|type|key))?"
)


def is_organisation_field(column: str) -> bool:
    """Whether a column says where a unit hangs in the company."""
    return _ORGANISATION.fullmatch(column) is not None


def barred_columns(reads: Mapping[str, Sequence[str]], allowed: Sequence[str]) -> list[Finding]:
    """Find organisation fields among what rules read: `reads` has the rules of each column."""
    return [
        Finding(
            code=Code.BARRED_COLUMN,
            rules=tuple(rules),
            detail=f"{column} is an organisation field, which `organisation` does not allow",
        )
        for column, rules in reads.items()
        if is_organisation_field(column) and column not in allowed
    ]

"""The values that a column can hold around a cut, by its SQL type.

A flip is only true if the value next to the cut exists in the column: whole numbers step by 1,
decimals by their last digit, doubles by 1e-12, to which published floats are rounded, or by
their own spacing where that is wider.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from math import ceil, log10, ulp

from models.segmentation.errors import SchemeError

_DECIMAL = re.compile(r"(?:decimal|numeric) *\( *\d+ *, *(\d+) *\)")
_WHOLE = re.compile(r"(?:big|small|tiny|huge)?int|integer")
_FLOATING = re.compile(r"double|float|real")
_PUBLISHED_DECIMALS = 12


def decimals_of(data_type: str) -> int | None:
    """How many decimals a numeric SQL type keeps, None if it is floating."""
    name = data_type.strip().lower()
    if match := _DECIMAL.fullmatch(name):
        return int(match.group(1))
    if _WHOLE.fullmatch(name):
        return 0
    if _FLOATING.fullmatch(name):
        return None
    raise SchemeError(f"a method needs decimal(p, s), a whole number or double, not {data_type}")


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The four values of a column around a cut."""

    at_most: Decimal  # the largest value <= cut
    above: Decimal  # the smallest value > cut
    at_least: Decimal  # the smallest value >= cut
    below: Decimal  # the largest value < cut


def neighbours(cut: Decimal, data_type: str) -> Neighbours:
    """The values next to a cut that a column of this type can hold."""
    decimals = decimals_of(data_type)
    if decimals is None:
        spacing = 2 * ulp(float(cut))
        decimals = min(_PUBLISHED_DECIMALS, -ceil(log10(spacing)))
    step = Decimal(1).scaleb(-decimals)
    at_most = (cut / step).to_integral_value(ROUND_FLOOR) * step
    at_least = -((-cut / step).to_integral_value(ROUND_FLOOR) * step)
    return Neighbours(
        at_most=at_most, above=at_most + step, at_least=at_least, below=at_least - step
    )

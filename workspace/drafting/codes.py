"""Columns whose values are codes that others have agreed on: currencies, countries, units."""

from __future__ import annotations

from models.units.constants import DIMENSION, PACKAGES
from workspace.config.code_lists import CODES
from workspace.drafting.names import ideas_of
from workspace.drafting.values import Values

# What systems write in place of the codes of Recommendation 20.
DELIVERED_UNITS = frozenset({
    "PC", "PCS", "PCE", "ST", "STK", "EACH", "KG", "G", "T", "L", "ML", "M", "CM", "MM", "CAR",
    "KAR", "CTN", "BOX", "PAL", "SET", "DZ", "DOZ", "LB", "OZ", "GAL", "FT", "IN", "UNITS", "UN",
})  # fmt: skip
MOST_SHOWN = 8


def note_on_codes(values: Values) -> list[str]:
    """Return what kind of codes the values are, where all of them are of one kind."""
    words = [value for value, _ in values.shown]
    ideas = ideas_of(values.name)
    units = DELIVERED_UNITS | DIMENSION.keys() | PACKAGES
    kinds = (
        ("currencies", all(word in CODES["iso_4217"] for word in words)),
        ("countries", "country" in ideas and all(word in CODES["iso_3166_1"] for word in words)),
        ("units", "unit" in ideas and any(word.upper() in units for word in words)),
    )
    kind = next((kind for kind, is_it in kinds if is_it), None)
    if kind is None or not words:
        return []
    more = ", …" if len(words) > MOST_SHOWN else ""
    return [f"{kind}: {', '.join(sorted(words[:MOST_SHOWN]))}{more}"]

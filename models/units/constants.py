"""Units whose worth does not depend on the item, by their UN/ECE codes.

Codes and factors: UN/ECE Recommendation 20, Codes for Units of Measure Used in International
Trade; packages: Recommendation 21. Where Recommendation 20 prints a rounded factor (ounce, gallon,
cubic foot), the definition stands here: pound 0.453 592 37 kg and yard 0.9144 m (international
yard and pound agreement, 1959), US gallon 231 cubic inches, UK gallon 4.546 09 litres. PCE is what
SAP and older lists write for H87, a piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from models.units.graph import Edge

POUND = Fraction("0.45359237")
INCH = Fraction("0.0254")
FOOT = 12 * INCH

# dimension: code: worth in kilograms, metres, square metres, cubic metres, pieces
WORTH: dict[str, dict[str, Fraction]] = {
    "mass": {
        "MGM": Fraction(1, 1_000_000), "GRM": Fraction(1, 1_000), "KGM": Fraction(1),
        "DTN": Fraction(100), "TNE": Fraction(1_000), "ONZ": POUND / 16, "LBR": POUND,
    },
    "length": {
        "MMT": Fraction(1, 1_000), "CMT": Fraction(1, 100), "DMT": Fraction(1, 10),
        "MTR": Fraction(1), "KMT": Fraction(1_000), "INH": INCH, "FOT": FOOT, "YRD": 3 * FOOT,
    },
    "area": {
        "MMK": Fraction(1, 1_000_000), "CMK": Fraction(1, 10_000), "MTK": Fraction(1),
        "INK": INCH**2, "FTK": FOOT**2, "YDK": (3 * FOOT) ** 2,
    },
    "volume": {
        "MMQ": Fraction(1, 10**9), "CMQ": Fraction(1, 10**6), "MLT": Fraction(1, 10**6),
        "CLT": Fraction(1, 10**5), "DLT": Fraction(1, 10**4), "DMQ": Fraction(1, 1_000),
        "LTR": Fraction(1, 1_000), "HLT": Fraction(1, 10), "MTQ": Fraction(1),
        "INQ": INCH**3, "FTQ": FOOT**3, "GLL": 231 * INCH**3, "GLI": Fraction("0.00454609"),
    },
    "count": {
        "C62": Fraction(1), "EA": Fraction(1), "H87": Fraction(1), "PCE": Fraction(1),
        "DZN": Fraction(12),
        "CEN": Fraction(100), "GRO": Fraction(144), "MIL": Fraction(1_000),
    },
}  # fmt: skip
DIMENSION = {code: name for name, worth in WORTH.items() for code in worth}

# Known by name, worth what the item's own factors say: a pair, a set, a case of how many?
PACKAGES = frozenset({
    "BE", "BG", "BO", "BX", "CA", "CR", "CS", "CT", "DR", "KT", "NMP", "PA", "PF", "PK", "PR",
    "PX", "RO", "SA", "SET", "TU",
})  # fmt: skip
KNOWN = PACKAGES | DIMENSION.keys()


def constant_edges(units: Iterable[str], base_unit: str) -> Iterator[Edge]:
    """Yield what ties units of one dimension: each to the base unit, or to the first by code."""
    present: dict[str, list[str]] = {}
    for unit in sorted(set(units) & DIMENSION.keys()):
        present.setdefault(DIMENSION[unit], []).append(unit)
    for dimension, codes in present.items():
        worth = WORTH[dimension]
        anchor = base_unit if base_unit in codes else codes[0]
        for code in codes:
            if code != anchor:
                yield Edge(unit=code, to_unit=anchor, factor=worth[code] / worth[anchor])

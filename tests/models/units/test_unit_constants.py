from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

import pytest

from models.units.constants import WORTH, constant_edges
from models.units.graph import resolve


@pytest.mark.parametrize("dimension", WORTH)
def test_constants_of_a_dimension_agree_with_each_other(dimension: str) -> None:
    codes = list(WORTH[dimension])
    for base in codes:
        found = resolve(base, constant_edges(codes, base))
        assert found.cycles == ()
        assert found.potentials == {
            code: WORTH[dimension][code] / WORTH[dimension][base] for code in codes
        }


def test_no_code_is_of_two_dimensions() -> None:
    codes = [code for worths in WORTH.values() for code in worths]
    assert len(codes) == len(set(codes))


SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
PRINTED = re.compile(r"^(?:([0-9 ,]+?)(?: x |$| (?=[kml])))?(?:10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
ROUNDED = {"ONZ", "FTQ", "GLL", "GLI", "YDK"}


def printed_factors(root: Path) -> dict[str, Fraction]:
    """Return the factors of UN/ECE Recommendation 20 as printed: 2,834 952 x 10⁻² kg."""
    file = root / "../shared/data/units/units-of-measure.csv"
    if not file.is_file():
        pytest.skip("the published list of units is not here")
    codes = {code for worths in WORTH.values() for code in worths} - {"EA", "H87", "PCE"}
    found = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["CommonCode"] in codes:
                printed = PRINTED.match(row["ConversionFactor"])
                assert printed
                number, power = printed.groups()
                digits = (number or "1").replace(" ", "").replace(",", ".")
                scale = Fraction(10) ** int((power or "⁰").translate(SUPERSCRIPTS))
                found[row["CommonCode"]] = Fraction(digits) * scale
    return found


def test_constants_are_those_of_recommendation_20_where_it_prints_them_whole(root: Path) -> None:
    printed = printed_factors(root)
    for worths in WORTH.values():
        for code, worth_ in worths.items():
            if code in printed:
                allowed = Fraction(1, 10**6) if code in ROUNDED else 0
                assert abs(worth_ / printed[code] - 1) <= allowed, code
    assert len(printed) > 35

"""Check digits of VAT numbers: whether a number can be one, as far as its country says how.

The forms of the numbers are those that the European Commission lists for VIES; the check digits
are as the tax authorities publish them. A number of another form (a national tax number), or of
a country that is not listed, may be right: only a wrong check digit is known to be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_CIF = "JABCDEFGHI"


def has_no_false_check_digit(number: str) -> str:
    """Return the condition on a number that begins with its country, letters and digits only."""
    cases = " ".join(
        f"when regexp_full_match({number}, '{form}') then {check.format(n=number)}"
        for form, check in _CHECKS
    )
    return f"coalesce(case {cases} else true end, true)"


def _digit(at: int) -> str:
    """Return the digit at a place of the whole number; the country takes the first two."""
    return f"cast(substr({{n}}, {at}, 1) as integer)"


def _weighted(weights: Sequence[int], at: int = 3) -> str:
    """Return the sum of digits times weights, from a place on."""
    return "(" + " + ".join(f"{w} * {_digit(at + i)}" for i, w in enumerate(weights)) + ")"


def _doubled(places: Sequence[int]) -> str:
    """Return the sum of the digits of twice each digit (Luhn's step)."""
    parts = (f"cast(substr('0246813579', 1 + {_digit(at)}, 1) as integer)" for at in places)
    return "(" + " + ".join(parts) + ")"


def _plain(places: Sequence[int]) -> str:
    return "(" + " + ".join(_digit(at) for at in places) + ")"


def _whole(at: int, length: int) -> str:
    return f"cast(substr({{n}}, {at}, {length}) as bigint)"


def _mod_11_10(count: int) -> str:
    """Return ISO 7064 MOD 11,10 over so many digits, the check digit not among them."""
    product = "10"
    for at in range(3, 3 + count):
        product = f"((2 * coalesce(nullif(({product} + {_digit(at)}) % 10, 0), 10)) % 11)"
    return f"(11 - {product}) % 10 = {_digit(3 + count)}"


def _luhn(at: int, length: int) -> str:
    """Return that Luhn's sum over digits, the check digit last, ends in zero."""
    last = at + length - 1
    plain = range(last, at - 1, -2)
    doubled = range(last - 1, at - 1, -2)
    return f"({_plain(plain)} + {_doubled(doubled)}) % 10 = 0"


def _cif() -> str:
    """Return the check of a Spanish company: a digit, or the letter that stands for it."""
    total = f"({_doubled((4, 6, 8, 10))} + {_plain((5, 7, 9))})"
    check = f"((10 - {total} % 10) % 10)"
    last = "substr({n}, 11, 1)"
    return f"{last} in (cast({check} as varchar), substr('{_CIF}', 1 + {check}, 1))"


def _spanish_person(number: str) -> str:
    return f"substr('{_DNI}', 1 + cast({number} as integer) % 23, 1) = substr({{n}}, 11, 1)"


_FOREIGNER = "translate(substr({n}, 3, 1), 'XYZ', '012') || substr({n}, 4, 7)"
# The letters of NL and B are 23, 21 and 11 in ISO 7064 MOD 97,10.
_DUTCH_97 = "cast('2321' || substr({n}, 3, 9) || '11' || substr({n}, 13, 2) as bigint) % 97 = 1"
_DUTCH_11 = f"({_weighted((9, 8, 7, 6, 5, 4, 3, 2))} - {_digit(11)}) % 11 = 0"
_BRITISH = f"({_weighted((8, 7, 6, 5, 4, 3, 2))} + {_whole(10, 2)}) % 97 in (0, 42, 55)"
_PORTUGUESE = f"(11 - {_weighted((9, 8, 7, 6, 5, 4, 3, 2))} % 11) % 11 % 10 = {_digit(11)}"
_SWISS = f"(11 - {_weighted((5, 4, 3, 2, 7, 6, 5, 4), at=4)} % 11) % 11 = {_digit(12)}"
_AUSTRIAN = f"(96 - {_plain((4, 6, 8, 10))} - {_doubled((5, 7, 9))}) % 10 = {_digit(11)}"

# Form of the whole number → condition on it, with {n} for the number.
_CHECKS = (
    ("DE[1-9][0-9]{8}", _mod_11_10(8)),
    ("FR[0-9]{11}", f"({_whole(5, 9)} * 100 + 12) % 97 = {_whole(3, 2)}"),
    ("IT[0-9]{11}", _luhn(3, 11)),
    ("ES[0-9]{8}[A-Z]", _spanish_person("substr({n}, 3, 8)")),
    ("ES[XYZ][0-9]{7}[A-Z]", _spanish_person(_FOREIGNER)),
    ("ES[A-HJNPQRSUVW][0-9]{7}[0-9A-J]", _cif()),
    ("NL[0-9]{9}B[0-9]{2}", f"({_DUTCH_11} or {_DUTCH_97})"),
    ("BE[01][0-9]{9}", f"({_whole(3, 8)} + {_whole(11, 2)}) % 97 = 0"),
    ("ATU[0-9]{8}", _AUSTRIAN),
    ("PL[0-9]{10}", f"{_weighted((6, 5, 7, 2, 3, 4, 5, 6, 7))} % 11 = {_digit(12)}"),
    ("GB[0-9]{9}([0-9]{3})?", _BRITISH),
    ("DK[0-9]{8}", f"{_weighted((2, 7, 6, 5, 4, 3, 2, 1))} % 11 = 0"),
    ("FI[0-9]{8}", f"{_weighted((7, 9, 10, 5, 8, 4, 2, 1))} % 11 = 0"),
    ("SE[0-9]{10}01", _luhn(3, 10)),
    ("PT[0-9]{9}", _PORTUGUESE),
    ("LU[0-9]{8}", f"{_whole(3, 6)} % 89 = {_whole(9, 2)}"),
    ("CHE[0-9]{9}(MWST|TVA|IVA)?", _SWISS),
)

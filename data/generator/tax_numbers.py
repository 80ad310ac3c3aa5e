"""Numbers of companies for taxes, with the check digits that their countries prescribe."""

from __future__ import annotations


def tax_number(country: str, number: int) -> str:
    """Return the tax number that nine digits make in a country; the last ones are check digits."""
    if country == "US":
        return f"{number // 10**7:02d}-{number % 10**7:07d}"
    if country == "DE":
        return f"DE{number // 10}{_mod_11_10(number // 10)}"
    if country == "FR":
        return f"FR{(number * 100 + 12) % 97:02d}{number}"
    if country == "NL":
        return f"NL{_dutch(number // 10)}B01"
    if country == "GB":
        return f"GB{number // 100}{97 - _weighted(number // 100, 8) % 97:02d}"
    return f"{country}{number}"


def _weighted(number: int, highest: int) -> int:
    """Return the sum of the digits times highest, highest - 1 and so on."""
    return sum(int(digit) * (highest - at) for at, digit in enumerate(str(number)))


def _mod_11_10(number: int) -> int:
    """Return the check digit of ISO 7064 MOD 11,10."""
    product = 10
    for digit in str(number):
        product = 2 * ((int(digit) + product) % 10 or 10) % 11
    return (11 - product) % 10


def _dutch(number: int) -> int:
    """Return the number of eight digits, or the next one that has a check digit, with it."""
    while _weighted(number, 9) % 11 == 10:
        number += 1
    return number * 10 + _weighted(number, 9) % 11

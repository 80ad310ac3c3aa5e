"""Numbers, names and dates as people read them; the same everywhere we write text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["text", "code", "raw", "count", "amount", "units", "ratio", "share", "date"]

NO_BREAK = "\u00a0"
MISSING = "\u2013"
MINUS = "\u2212"
# Delivered text may hold characters that a terminal obeys and that nobody sees: show them.
UNSEEN = (*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
VISIBLE = {code: chr(0x2400 + code) for code in range(0x20)} | dict.fromkeys(UNSEEN, "\ufffd")
STEPS = ((1_000_000_000, "bn"), (1_000_000, "M"), (1_000, "k"))


def shown(value: object, kind: Kind = "text") -> str:
    """Return a value as text: thousands separated, shares in percent, a dash for nothing.

    Control characters in text become visible signs.
    """
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, int | float | Decimal):
        return str(value).translate(VISIBLE)
    match kind:
        case "share":
            return share(value)
        case "ratio":
            return f"{value:,.2f}"
        case "units":
            return f"{value:,.1f}".removesuffix(".0")
        case _:
            return f"{value:,.0f}".replace("-", MINUS)


def share(value: float | Decimal) -> str:
    """Return a rate between 0 and 1 in percent, with decimals below ten."""
    percent = 100 * float(value)
    decimals = 0 if percent == 0 or abs(percent) >= 10 else 1 if abs(percent) >= 1 else 2
    return f"{percent:.{decimals}f}{NO_BREAK}%"


def amount(value: float | Decimal | None, currency: str = "") -> str:
    """Return an amount in three digits with k, M or bn, for running text."""
    if value is None:
        return MISSING
    number = float(value)
    sign = MINUS if number < 0 else ""
    unit = f"{NO_BREAK}{currency}" if currency else ""
    for step, letter in STEPS:
        if abs(number) >= step:
            scaled = abs(number) / step
            return f"{sign}{scaled:.{_decimals(scaled, step)}f}{NO_BREAK}{letter}{unit}"
    return f"{sign}{abs(number):.0f}{unit}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 item`, `2,000 items`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spoken(column: str) -> str:
    """Return a column's name as words: `margin_12m_amount` is `12-month margin`."""
    words = re.sub(r"_(amount|ratio|count|units|rate)$", "", column)
    months = re.search(r"_(\d+)m\b", words)
    words = re.sub(r"_\d+m\b", "", words).replace("_", " ")
    return f"{months[1]}-month {words}" if months else words


def _decimals(scaled: float, step: int) -> int:
    return 0 if scaled >= 100 else 1 if scaled >= 10 or step == 1_000 else 2

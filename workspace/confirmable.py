"""Which causes of quarantine a person may overrule, and why the others not.

A confirmation says that a value is right although a rule doubts it. Where no value exists there is
nothing to confirm, and where the tables behind have no meaning for a value it would be lost there.
Any record may be dismissed: then it is left out on purpose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workspace.row_codes import ROW_CODES


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a code can be confirmed, and the reason; `detail` limits it to what matches."""

    may: bool
    reason: str
    detail: str = ""


def _yes(reason: str, detail: str = "") -> Verdict:
    return Verdict(may=True, reason=reason, detail=detail)


def _no(reason: str) -> Verdict:
    return Verdict(may=False, reason=reason)


CONFIRMABLE: dict[str, Verdict] = {
    "ROW_CHECK": _yes("The check is a rule of thumb, and the record may be its exception."),
    "ROW_RANGE": _yes(
        "A value below the minimum exists and can be right; one that does not fit its type does "
        "not exist, and to a word that is not allowed no table gives a meaning.",
        detail=r"^\S+ is below \S+$",
    ),
    "ROW_DATE_FUTURE": _yes("The date exists, and the business may have dated it ahead."),
    "ROW_TOTAL_LINE": _yes(
        "A record may begin with the word for total and be none; it must have all its fields.",
        detail=r"^A total line stands among the records\.$",
    ),
    "ROW_KEY_DUP": _yes(
        "One of the contradicting records can be chosen; the others are left out.",
        detail=r"^(Rows with the key .+ contradict each other"
        r"|Several records map to the row .+ of \w+)$",
    ),
    "ROW_ID_MANGLED": _yes(
        "A key may look like a rounded number, or like another but for zeros, and be right."
    ),
    "ROW_ARITY": _no("Which field belongs to which column cannot be known."),
    "ROW_ENCODING": _no("The bytes are no text of the declared encoding."),
    "ROW_NUL": _no("A NUL byte is part of no text; the value around it is not known."),
    "ROW_QUOTE": _no("Where the fields begin and end cannot be known."),
    "ROW_TOO_LONG": _no("The record is not read, so that there is no value to confirm."),
    "ROW_TYPE": _no("The text gives no value of the declared type."),
    "ROW_NONFINITE": _no("NaN and infinity are no quantities."),
    "ROW_NULL": _no("There is no value."),
    "ROW_KEY_NULL": _no("Without its key the record names nothing."),
    "ROW_CYCLE": _no("A node above itself has no place in a hierarchy."),
    "ROW_TWO_PARENTS": _no("Which of the places is the right one cannot be known."),
    "ROW_DEPTH": _no("The level is beyond what a tree may have; the limit is configured."),
    "ROW_ORPHAN": _no("The record it refers to is not there; once it is, the row is loaded."),
    "ROW_JSON": _no("The line is no JSON object, so that it has no fields."),
    "ROW_UOM": _no("Without a conversion the quantity in base units is not known."),
    "ROW_RATE": _no("Without a rate the amount in reporting currency is not known."),
    "ROW_UNMAPPED": _no("No mapping says what the record means."),
}


def refusal(code: str, detail: str) -> str | None:
    """Return why a fault cannot be confirmed, or None when it can.

    A code that the table does not know cannot: nobody has said that a value exists.
    """
    verdict = CONFIRMABLE.get(code)
    if verdict is None:
        return f"Nobody has said that a {code} may be confirmed."
    if verdict.may and all(re.search(verdict.detail, part) for part in parts_of(detail)):
        return None
    return verdict.reason


def parts_of(detail: str) -> list[str]:
    """Return the single faults that a quarantined row's detail joins."""
    return detail.split("; ")


def undecided() -> set[str]:
    """Return the row codes that the table does not know."""
    return set(ROW_CODES) - set(CONFIRMABLE)

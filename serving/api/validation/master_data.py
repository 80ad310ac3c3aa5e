"""Master records: identifiers by shape and by who has them, and values beside published ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from serving.api.validation.fields import text_of
from serving.api.validation.index import Index
from serving.api.validation.names import Named, own_key
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record

IDENTIFIERS = {"product": ("gtin",), "customer": ("tax_number", "duns_number", "gln")}
COMPARED = {"product": ("base_unit_code",), "customer": ("country_code", "currency_code")}
GS1_LENGTHS = {"gtin": (8, 12, 13, 14), "gln": (13,)}
DUNS_DIGITS = 9


def master_reasons(record: Record, names: Mapping[str, Named], index: Index) -> Iterator[Found]:
    """Yield what is odd about a customer or a product."""
    own = own_key(record)
    if own is None:
        return
    named = names.get(own, Named())
    for column in IDENTIFIERS[record.kind]:
        text = text_of(record, column)
        if text is None:
            continue
        if not _has_shape(column, text):
            yield found("IDENTIFIER_SHAPE", column)
        rows = index.holders.rows(record.kind, column, _bare(column, text))
        holders = {str(row["golden_id"]) for row in rows}
        if holders and named.golden_id not in holders:
            yield found("IDENTIFIER_TAKEN", column, published=", ".join(sorted(holders)))
    for column in COMPARED[record.kind]:
        stated = text_of(record, column)
        known = named.row[column] if named.row is not None else None
        if stated is not None and known is not None and stated.upper() != str(known).upper():
            yield found("VALUE_DIFFERS", column, published=known)


def _bare(column: str, text: str) -> str:
    """Return an identifier without what people put between its digits, as the index has it."""
    bare = "".join(one for one in text if one.isascii() and one.isalnum()).upper()
    return bare.lstrip("0") if column == "gtin" else bare


def _has_shape(column: str, text: str) -> bool:
    """Check length and check digit; a tax number has as many shapes as there are countries."""
    digits = "".join(character for character in text if character not in " -.")
    is_number = digits.isascii() and digits.isdigit()
    if column == "duns_number":
        return is_number and len(digits) == DUNS_DIGITS
    if column in GS1_LENGTHS:
        return is_number and len(digits) in GS1_LENGTHS[column] and _checks_out(digits)
    return True


def _checks_out(digits: str) -> bool:
    """GS1: digits from the right times 1, 3, 1, … add up to tens (General Specifications, 7.9)."""
    weighted = (int(d) * (3 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0

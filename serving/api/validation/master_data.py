"""Master records: identifiers by shape and by who has them, and values beside published ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from serving.api.validation.fields import text_of
from serving.api.validation.names import Names, own_key
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record
from serving.release_reader import ReleaseReader

IDENTIFIERS = {"product": ("gtin",), "customer": ("tax_number", "duns_number", "gln")}
COMPARED = {"product": ("base_unit_code",), "customer": ("country_code", "currency_code")}
GTIN_LENGTHS = {"gtin": (8, 12, 13, 14), "gln": (13,)}
DUNS_DIGITS = 9
TABLES = {
    "product": ("golden_product", "product_id"),
    "customer": ("golden_customer", "customer_id"),
}
Holders = Mapping[tuple[str, str, str], frozenset[str | None]]


def holders(reader: ReleaseReader, records: list[Record]) -> Holders:
    """Return the golden ids that have an identifier, by kind, column and bare value."""
    found_ids: dict[tuple[str, str, str], set[str | None]] = {}
    for kind, columns in IDENTIFIERS.items():
        for column in columns:
            of_kind = [record for record in records if record.kind == kind]
            bare = {_bare(column, record) for record in of_kind}
            wanted = sorted(text for text in bare if text is not None)
            table, key = TABLES[kind]
            query = (
                f"select {_bare_sql(column)} as bare, {key} as golden_id from {table} "
                f"where {_bare_sql(column)} in (select unnest($1))"
            )
            for row in reader.rows(query, [wanted]) if wanted else ():
                found_ids.setdefault((kind, column, row["bare"]), set()).add(row["golden_id"])
    return {name: frozenset(ids) for name, ids in found_ids.items()}


def master_reasons(record: Record, names: Names, taken: Holders) -> Iterator[Found]:
    """Yield what is odd about a customer or a product."""
    own = own_key(record)
    if own is None:
        return
    row = names.row(record, own)
    for column in IDENTIFIERS[record.kind]:
        bare = _bare(column, record)
        if bare is None:
            continue
        if not _has_shape(column, text_of(record, column) or ""):
            yield found("IDENTIFIER_SHAPE", column)
        having = taken.get((record.kind, column, bare), frozenset())
        others = sorted(str(golden_id) for golden_id in having - {names.of(record, own)})
        if others and names.of(record, own) not in having:
            yield found("IDENTIFIER_TAKEN", column, published=", ".join(others))
    yield from _differences(record, row)


def _differences(record: Record, row: Mapping[str, Any] | None) -> Iterator[Found]:
    for column in COMPARED[record.kind] if row is not None else ():
        stated = text_of(record, column)
        known = row[column] if row is not None else None
        if stated is not None and known is not None and stated.upper() != str(known).upper():
            yield found("VALUE_DIFFERS", column, published=known)


def _bare(column: str, record: Record) -> str | None:
    """Return an identifier without what people put between its digits."""
    text = text_of(record, column)
    if text is None:
        return None
    bare = "".join(character for character in text.upper() if character.isalnum())
    return (bare.lstrip("0") if column == "gtin" else bare) or None


def _bare_sql(column: str) -> str:
    kept = f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"
    return f"ltrim({kept}, '0')" if column == "gtin" else kept


def _has_shape(column: str, text: str) -> bool:
    """Check length and check digit; a tax number has as many shapes as there are countries."""
    digits = "".join(character for character in text if character not in " -.")
    if column == "duns_number":
        return digits.isascii() and digits.isdigit() and len(digits) == DUNS_DIGITS
    if column in GTIN_LENGTHS:
        is_long = digits.isascii() and digits.isdigit() and len(digits) in GTIN_LENGTHS[column]
        return is_long and _checks_out(digits)
    return True


def _checks_out(digits: str) -> bool:
    """GS1: digits from the right times 1, 3, 1, … add up to tens (General Specifications, 7.9)."""
    weighted = (int(d) * (3 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return sum(weighted) % 10 == 0

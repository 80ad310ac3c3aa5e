"""Keys of many records, resolved by one query each: golden ids, and what is published of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serving.api.validation.fields import text_of
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record
from serving.release_reader import ReleaseReader

# A column of a record, and the object that its key stands for.
OBJECTS = {"product_id": "product", "customer_id": "customer", "site_id": "site"}
SYSTEMS = "select distinct namespace from golden_xref"
KEYS = """
with asked as (
    select distinct object_type, namespace, source_key
    from (
        select unnest($types) as object_type, unnest($systems) as namespace,
            unnest($keys) as source_key
    )
)
select object_type, namespace, source_key, x.golden_id, x.valid_to
from golden_xref as x
join asked using (object_type, namespace, source_key)
order by object_type, namespace, source_key, x.valid_to nulls last, x.golden_id
"""
GOLDEN = {
    "product": (
        "select product_id as golden_id, is_active, gtin, base_unit_code, manufacturer_part_number "
        "from golden_product where product_id in (select unnest($1))"
    ),
    "customer": (
        "select customer_id as golden_id, is_active, country_code, currency_code, tax_number, "
        "duns_number, gln from golden_customer where customer_id in (select unnest($1))"
    ),
    "site": (
        "select site_id as golden_id, site_code from golden_location "
        "where site_id in (select unnest($1))"
    ),
}
Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the keys of some records stand for.

    `golden` has the id by object, system and key where it is valid, `expired` holds keys that were
    valid once, `published` has rows of the golden tables by object and id.
    """

    systems: frozenset[str]
    golden: Mapping[Key, str]
    expired: frozenset[Key]
    published: Mapping[tuple[str, str], Mapping[str, Any]]

    def of(self, record: Record, column: str) -> str | None:
        """Return the golden id of one key of a record."""
        key = text_of(record, column)
        kind = OBJECTS[column]
        if key is None:
            return None
        if record.namespace is None:
            return key if (kind, key) in self.published else None
        return self.golden.get((kind, record.namespace, key))

    def row(self, record: Record, column: str) -> Mapping[str, Any] | None:
        """Return the golden row that a key stands for."""
        golden_id = self.of(record, column)
        return None if golden_id is None else self.published.get((OBJECTS[column], golden_id))


def own_key(record: Record) -> str | None:
    """Return the column that is a master record's own key; an order line only refers."""
    return {"product": "product_id", "customer": "customer_id"}.get(record.kind)


def columns_of(record: Record) -> list[str]:
    """Return the columns of a record that are keys of something."""
    own = own_key(record)
    return [own] if own else list(OBJECTS)


def resolve(reader: ReleaseReader, records: Iterable[Record]) -> Names:
    """Look all keys of all records up."""
    keys = {
        (OBJECTS[column], record.namespace, key)
        for record in records
        for column in columns_of(record)
        if (key := text_of(record, column)) is not None
    }
    golden: dict[Key, str] = {}
    expired: set[Key] = set()
    named = sorted((kind, system, key) for kind, system, key in keys if system is not None)
    if named:
        types, systems, texts = (list(part) for part in zip(*named, strict=True))
        for row in reader.rows(KEYS, {"types": types, "systems": systems, "keys": texts}):
            name: Key = (row["object_type"], row["namespace"], row["source_key"])
            if row["valid_to"] is None:
                golden[name] = row["golden_id"]
            else:
                expired.add(name)
    ids = {(name[0], golden_id) for name, golden_id in golden.items()}
    ids |= {(kind, key) for kind, system, key in keys if system is None}
    return Names(
        systems=frozenset(row["namespace"] for row in (reader.rows(SYSTEMS) if named else ())),
        golden=golden,
        expired=frozenset(expired - golden.keys()),
        published=dict(_published(reader, ids)),
    )


def _published(
    reader: ReleaseReader, ids: set[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for kind, query in GOLDEN.items():
        wanted = sorted(golden_id for of_kind, golden_id in ids if of_kind == kind)
        if wanted:
            for row in reader.rows(query, [wanted]):
                yield (kind, row["golden_id"]), row


def name_reasons(record: Record, names: Names) -> Iterator[Found]:
    """Yield what is wrong with the keys of a record."""
    if record.namespace is not None and record.namespace not in names.systems:
        yield found("SYSTEM_UNKNOWN", "namespace", published=", ".join(sorted(names.systems)))
        return
    for column in columns_of(record):
        key, kind = text_of(record, column), OBJECTS[column]
        if key is None:
            continue
        row = names.row(record, column)
        if row is not None:
            if row.get("is_active") is False:
                yield found(f"{kind.upper()}_INACTIVE", column)
        elif (kind, record.namespace, key) in names.expired:
            yield found(f"{kind.upper()}_EXPIRED", column)
        elif names.of(record, column) is None and column != own_key(record):
            # The key of a master record that is new is not there yet, and that is as it should be.
            yield found(f"{kind.upper()}_UNKNOWN", column)

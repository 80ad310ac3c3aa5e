"""Keys of a record: the golden ids that they stand for, and what is published of those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serving.api.validation.fields import text_of
from serving.api.validation.index import Index
from serving.api.validation.reasons import Found, found
from serving.api.validation.record import Record

# A column of a record, and the object that its key stands for.
OBJECTS = {"product_id": "product", "customer_id": "customer", "site_id": "site"}


@dataclass(frozen=True, kw_only=True)
class Named:
    """What one key of a record stands for; `is_expired` where it did once."""

    golden_id: str | None = None
    row: Mapping[str, Any] | None = None
    is_expired: bool = False


def own_key(record: Record) -> str | None:
    """Return the column that is a master record's own key; an order line only refers."""
    return {"product": "product_id", "customer": "customer_id"}.get(record.kind)


def names_of(record: Record, index: Index) -> dict[str, Named]:
    """Return what each key of a record stands for; a key that is absent stands for nothing."""
    own = own_key(record)
    found_names: dict[str, Named] = {}
    for column in [own] if own else OBJECTS:
        key = text_of(record, column)
        if key is not None:
            found_names[column] = _named(OBJECTS[column], record.namespace, key, index)
    return found_names


def _named(kind: str, system: str | None, key: str, index: Index) -> Named:
    if system is None:
        row = index.golden.row(kind, key)
        return Named(golden_id=key if row else None, row=row)
    known = index.names.rows(kind, system, key)
    valid = sorted(str(row["golden_id"]) for row in known if row["valid_to"] is None)
    if not valid:
        return Named(is_expired=bool(known))
    return Named(golden_id=valid[0], row=index.golden.row(kind, valid[0]))


def name_reasons(record: Record, names: Mapping[str, Named], index: Index) -> Iterator[Found]:
    """Yield what is wrong with the keys of a record."""
    if record.namespace is not None and record.namespace not in index.systems:
        yield found("SYSTEM_UNKNOWN", "namespace", published=", ".join(index.systems))
        return
    for column, named in names.items():
        kind = OBJECTS[column].upper()
        if named.row is not None:
            if named.row["is_active"] is False:
                yield found(f"{kind}_INACTIVE", column)
        elif named.is_expired:
            yield found(f"{kind}_EXPIRED", column)
        elif named.golden_id is None and column != own_key(record):
            # The key of a master record that is new is not there yet, and that is as it should be.
            yield found(f"{kind}_UNKNOWN", column)

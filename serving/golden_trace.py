"""Walking an attribute of a golden record back to the delivered record that it was taken from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from serving.release_reader import ReleaseReader
from serving.wording import shown
from workspace.errors import TierwiseError

OBJECTS = {
    "golden_customer": "customer",
    "golden_product": "product",
    "golden_location": "site",
    "golden_supplier": "supplier",
}
# A golden record goes by its id, else by the key that any source has for it.
FOUND = """
with named as (
    select golden_id, 1 as way from golden_xref
    where object_type = ?1 and lower(golden_id) = lower(?2)
    union all
    select golden_id, 2 from golden_xref
    where object_type = ?1 and lower(source_key) = lower(?2) and valid_to is null
)
select distinct golden_id from named
where way = (select min(way) from named)
order by golden_id
"""
NEAR = """
select distinct source_key from golden_xref
where object_type = ?1 and valid_to is null
order by jaro_winkler_similarity(lower(source_key), lower(?2)) desc, source_key
limit 5
"""
ATTRIBUTES = """
select attribute, value, namespace, source_key, file_sha256, record_number, rule, losing_values
from golden_attribute
where object_type = ?1 and golden_id = ?2
order by attribute
"""
FILES = "select distinct file_sha256, file_name from raw_extracts where file_sha256 is not null"
WORDS = {
    "only_value": "no other record says otherwise",
    "configuration": "the configuration states it",
    "steward": "a steward has stated it",
    "source_priority": "its system is trusted most",
    "systems": "its system comes first in the order for this attribute",
    "most_recent": "its record was changed last",
    "most_complete": "its record has most attributes filled",
    "most_frequent": "most records say so",
    "longest": "it is the longest",
    "earliest": "it is the earliest",
    "latest": "it is the latest",
    "valid_check_digit": "its check digit is right",
}


@dataclass(frozen=True, kw_only=True)
class RecordValue:
    """A value and the delivered record that states it; no file where the configuration does."""

    value: str
    namespace: str
    source_key: str
    file_sha256: str | None
    file_name: str | None
    record_number: int | None

    def text(self) -> str:
        """Return where the value stands, for people."""
        place = f"{self.namespace} {self.source_key}"
        if self.file_sha256 is None:
            return place
        file = self.file_name or self.file_sha256[:12]
        return f"{place}, record {self.record_number:,} of {file}"


@dataclass(frozen=True, kw_only=True)
class AttributeTrace:
    """One attribute of a golden record: what survived, by which rule, and what lost."""

    golden_id: str
    attribute: str
    rule: str
    surviving: RecordValue
    losing: tuple[RecordValue, ...]

    def text(self) -> str:
        """Return the attribute for people."""
        width = max(len(shown(each.value)) for each in (self.surviving, *self.losing))
        lines = [
            f"{self.golden_id}  {self.attribute}: {WORDS.get(self.rule, self.rule)} ({self.rule})",
            f"    {shown(self.surviving.value):<{width}}  {self.surviving.text()}",
        ]
        lines += [f"  · {shown(each.value):<{width}}  {each.text()}" for each in self.losing]
        return "\n".join(lines)


def trace_golden(
    reader: ReleaseReader, table: str, name: str, attribute: str | None = None
) -> list[AttributeTrace]:
    """Return where the attributes of a golden record come from: one, or all of them.

    `table` is a golden table, `name` a golden id or the key that a source has for it. Raises
    UNIT_UNKNOWN with near names.
    """
    object_type = OBJECTS.get(table.rpartition(".")[2])
    if object_type is None:
        raise _unknown(table, f"`{table}` is no golden table.", list(OBJECTS))
    golden_id = _golden_id(reader, table, object_type, name)
    files = dict(reader.query(FILES).iter_rows())
    found = [
        _attribute(golden_id, row, files)
        for row in reader.rows(ATTRIBUTES, [object_type, golden_id])
        if attribute in (None, row["attribute"])
    ]
    if not found:
        columns = list(reader.columns.get(table.rpartition(".")[2], {}))
        near = get_close_matches(attribute or "", columns, n=3, cutoff=0.5)
        cause = f"No delivered record of `{golden_id}` has a value of `{attribute}`."
        raise _unknown(f"{table} {name}", cause, near)
    return found


def _golden_id(reader: ReleaseReader, table: str, object_type: str, name: str) -> str:
    found: list[str] = reader.query(FOUND, [object_type, name]).to_series().to_list()
    if len(found) == 1:
        return found[0]
    if found:
        cause = f"`{name}` is the key of several: {', '.join(found)}."
        raise _unknown(f"{table} {name}", cause, [])
    near = reader.query(NEAR, [object_type, name]).to_series().to_list()
    raise _unknown(f"{table} {name}", f"Nothing in {table} goes by `{name}`.", near)


def _attribute(golden_id: str, row: Mapping[str, Any], files: Mapping[str, str]) -> AttributeTrace:
    losing = json.loads(row["losing_values"] or "[]")
    return AttributeTrace(
        golden_id=golden_id,
        attribute=row["attribute"],
        rule=row["rule"],
        surviving=_value(row, files),
        losing=tuple(_value(each, files) for each in losing),
    )


def _value(row: Mapping[str, Any], files: Mapping[str, str]) -> RecordValue:
    sha256 = row["file_sha256"]
    return RecordValue(
        value=row["value"],
        namespace=row["namespace"],
        source_key=row["source_key"],
        file_sha256=sha256,
        file_name=files.get(sha256) if sha256 else None,
        record_number=row["record_number"],
    )


def _unknown(place: str, cause: str, near: list[str]) -> TierwiseError:
    hint = f" Near are {', '.join(near)}." if near else ""
    return TierwiseError("UNIT_UNKNOWN", place=place, cause=f"{cause}{hint}")

"""Golden ids, records and pairs of records in a release: what stewards ask before they decide."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from serving.release_reader import ReleaseReader
from workspace.errors import TierwiseError
from workspace.ledger.entity_decisions import Entity

OBJECTS = ("customer", "product", "site", "supplier")
RECORD = "namespace || ':' || source_key"
OF_RECORD = f"""
select object_type, golden_id, valid_from, valid_to, match_rule, match_score
from golden_xref where {RECORD} = $1 and $2 in ('', object_type)
order by object_type, valid_from
"""
OF_ID = f"""
select {RECORD} as record_key, valid_from, valid_to, match_rule, match_score
from golden_xref where golden_id = $1 order by record_key, valid_from
"""
QUESTIONS = """
select
    p.object_type, p.record_key_l, p.record_key_r, p.golden_id_l, p.golden_id_r, p.basis,
    p.match_weight, p.match_probability, p.contradiction_l, p.contradiction_r, p.comparison,
    p.first_seen_date, l.fields as fields_l, r.fields as fields_r, c.case_id, c.routed_to,
    c.steward, c.deputy, c.opened_date, c.age_days, c.due_date, c.is_escalated
from match_pairs as p
left join match_records as l
    on p.object_type = l.object_type and p.record_key_l = l.record_key
left join match_records as r
    on p.object_type = r.object_type and p.record_key_r = r.record_key
left join dq_stewardship as c
    on c.kind = 'match' and c.expectation = p.record_key_l || ' = ' || p.record_key_r
    and c.status = 'open' and c.element = {elements}
where p.is_question and $1 in ('', p.object_type)
order by coalesce(c.is_escalated, false) desc, c.age_days desc nulls last,
    p.match_weight desc nulls last, p.object_type, p.record_key_l, p.record_key_r
"""
PAIRS = """
select object_type, record_key_l, record_key_r, golden_id_l, golden_id_r, basis, match_weight,
    match_probability, outcome, is_question, contradiction_l, contradiction_r, decided_by,
    comparison, first_seen_date
from match_pairs
where $1 = object_type and {those}
order by match_weight desc nulls first, record_key_l, record_key_r
"""
EVENTS = """
select * from entity_events where golden_id = $1 or other_golden_id = $1
order by recorded_date, event_date, event_id
"""
# Which golden table an object's cases are of.
ELEMENTS = {
    "customer": "golden_customer.*",
    "product": "golden_product.*",
    "site": "golden_location.*",
    "supplier": "golden_supplier.*",
}


@dataclass(frozen=True, kw_only=True)
class Two:
    """Two records of one object, by key."""

    object_type: str
    one: str
    other: str


def questions(reader: ReleaseReader, object_type: str = "") -> list[dict[str, Any]]:
    """Return the pairs that stewards are asked about: the most urgent first, then the likeliest."""
    cases = " ".join(f"when '{name}' then '{element}'" for name, element in ELEMENTS.items())
    query = QUESTIONS.replace("{elements}", f"case p.object_type {cases} end")
    return [_read(row) for row in reader.rows(query, [object_type])]


def two_records(reader: ReleaseReader, one: str, other: str, object_type: str = "") -> Two:
    """Return two records by the keys they were delivered under, and what both are.

    Raises UNIT_UNKNOWN when a key is not known, or when it does not say of which object it is.
    """
    kinds = [
        {row["object_type"] for row in reader.rows(OF_RECORD, [key, object_type])}
        for key in (one, other)
    ]
    for key, found in zip((one, other), kinds, strict=True):
        if not found:
            cause = "No record was delivered under this key. A record goes by <namespace>:<key>."
            raise TierwiseError("UNIT_UNKNOWN", place=key, cause=cause)
    both = sorted(kinds[0] & kinds[1])
    if len(both) == 1:
        return Two(object_type=both[0], one=one, other=other)
    cause = f"Both are keys of {' and '.join(both)}: say which with --object."
    if not both:
        cause = f"One is a {min(kinds[0])}, the other a {min(kinds[1])}."
    raise TierwiseError("UNIT_UNKNOWN", place=f"{one}, {other}", cause=cause)


def entity(reader: ReleaseReader, golden_id: str) -> Entity:
    """Return a golden id with the records that bear it today, of which there may be none.

    Raises UNIT_UNKNOWN for an id that was never given.
    """
    rows = reader.rows(OF_ID, [golden_id])
    if not rows:
        cause = "No golden id is written so. `tierwise match show <record>` names a record's."
        raise TierwiseError("UNIT_UNKNOWN", place=golden_id, cause=cause)
    today = {row["record_key"] for row in rows if row["valid_to"] is None}
    return Entity(golden_id=golden_id, record_keys=tuple(sorted(today)))


def story(reader: ReleaseReader, what: str, object_type: str = "") -> list[dict[str, Any]]:
    """Return what is known of a golden id, or of a record under each object it is a key of.

    Raises UNIT_UNKNOWN for anything else.
    """
    if rows := reader.rows(OF_ID, [what]):
        keys = sorted({row["record_key"] for row in rows})
        kind = entity(reader, what).object_type
        return [_story(reader, kind, {"golden_id": what, "records": rows}, keys, [what])]
    found = reader.rows(OF_RECORD, [what, object_type])
    if not found:
        cause = "It is no golden id and no record, which goes by <namespace>:<key>."
        raise TierwiseError("UNIT_UNKNOWN", place=what, cause=cause)
    told = []
    for kind in sorted({row["object_type"] for row in found}):
        held = [row for row in found if row["object_type"] == kind]
        ids = list(dict.fromkeys(row["golden_id"] for row in held))
        told.append(_story(reader, kind, {"record_key": what, "golden_ids": held}, [what], ids))
    return told


def _story(
    reader: ReleaseReader, kind: str, about: dict[str, Any], keys: list[str], ids: list[str]
) -> dict[str, Any]:
    """Add the pairs in which records stand, and the events of ids."""
    those = "list_has_any([record_key_l, record_key_r], $2)"
    pairs = reader.rows(PAIRS.replace("{those}", those), [kind, keys])
    events = {row["event_id"]: row for name in ids for row in reader.rows(EVENTS, [name])}
    return {
        "object_type": kind,
        **about,
        "pairs": [_read(row) for row in pairs],
        "events": list(events.values()),
    }


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Read the columns of a row that are JSON."""
    texts = {"comparison", "fields_l", "fields_r"} & set(row)
    return {**row, **{name: json.loads(row[name]) if row[name] else None for name in texts}}

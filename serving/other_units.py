"""Why a unit of another kind than items and customers is in its segments.

A name has a part for each part of the unit's key, joined by @, in whatever order: each goes by
golden id, code, key of a source, or name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from serving.explain import Reason, reasons
from serving.release_reader import ReleaseReader
from serving.schemes import schemes_by_hash
from serving.wording import shown
from workspace.units import UNIT_KINDS, UnitKind

TOLD_ELSEWHERE = ("product_site", "customer")
SHOWN = 5
KINDS = "select distinct unit_type from segment_assignment order by unit_type"
KNOWN = """
select distinct unit_id from segment_assignment
where unit_type = ?1 and list_contains(?2, unit_id)
order by unit_id
"""
# Part of a key → the ids that go by a name; of several ways the first that leads to any.
NAMED = {
    "product_id": """
        select product_id as id, 1 as way from golden_product where lower(product_id) = lower(?1)
        union all
        select product_id, 2 from golden_product where lower(product_code) = lower(?1)
        union all
        select product_id, 3 from golden_product where ltrim(gtin, '0') = ltrim(?1, '0')
        union all
        select golden_id, 4 from golden_xref
        where object_type = 'product' and lower(source_key) = lower(?1)
        union all
        select product_id, 5 from golden_product where lower(product_name) = lower(?1)
    """,
    "site_id": """
        select site_id as id, 1 as way from golden_location where lower(site_id) = lower(?1)
        union all
        select site_id, 2 from golden_location where lower(site_code) = lower(?1)
        union all
        select site_id, 3 from golden_location where lower(site_name) = lower(?1)
    """,
    "customer_id": """
        select customer_id as id, 1 as way from golden_customer
        where lower(customer_id) = lower(?1)
        union all
        select golden_id, 2 from golden_xref
        where object_type = 'customer' and lower(source_key) = lower(?1)
        union all
        select customer_id, 3 from golden_customer where lower(customer_name) = lower(?1)
    """,
    "sales_channel_id": """
        select unit_id as id, 1 as way from segment_assignment
        where unit_type = 'channel' and lower(unit_id) = lower(?1)
    """,
}
FIRST = """
with named as ({named})
select distinct id from named where way = (select min(way) from named) order by id
"""
SPOKEN = {
    "product_id": "select product_code || ' ' || product_name from golden_product "
    "where product_id = ?",
    "site_id": "select coalesce(site_name, site_code) from golden_location where site_id = ?",
    "customer_id": "select customer_name from golden_customer where customer_id = ?",
}


@dataclass(frozen=True, kw_only=True)
class UnitReasons:
    """One unit, what people call its parts, and its reasons by scheme."""

    unit_type: str
    unit_id: str
    title: str
    names: Mapping[str, str | None]
    reasons: tuple[Reason, ...]

    @property
    def ids(self) -> dict[str, str]:
        """The parts of its key."""
        return dict(zip(self.names, self.unit_id.split("@"), strict=True))

    def lines(self, currency: str) -> list[str]:
        """Return the explanation as lines."""
        named = ", ".join(shown(name) for name in self.names.values())
        said = [f"  {line}" for reason in self.reasons for line in reason.lines(currency)]
        return [f"{self.title.capitalize()}: {named}  ({self.unit_id})", "", *said]


def other_units(reader: ReleaseReader, name: str) -> tuple[UnitReasons, ...]:
    """Return the units of further kinds that go by a name; none where nothing does."""
    parts = [part.strip() for part in name.split("@")]
    classified = {str(row["unit_type"]) for row in reader.rows(KINDS)}
    found = [
        (kind, unit_id)
        for kind in UNIT_KINDS.values()
        if kind.name in classified
        and kind.name not in TOLD_ELSEWHERE
        and len(kind.key) == len(parts)
        for unit_id in _ids(reader, kind, parts)
    ]
    known = schemes_by_hash(reader) if found else {}
    return tuple(
        UnitReasons(
            unit_type=kind.name,
            unit_id=unit_id,
            title=kind.title,
            names=_spoken(reader, kind, unit_id),
            reasons=reasons(reader, unit_id, known),
        )
        for kind, unit_id in found
    )


def _ids(reader: ReleaseReader, kind: UnitKind, parts: Sequence[str]) -> list[str]:
    """Return the units of a kind whose parts go by these names, in some order."""
    made = {unit for order in permutations(parts) for unit in _made(reader, kind, order)}
    if not made:
        return []
    rows = reader.rows(KNOWN, [kind.name, sorted(made)])
    return [str(row["unit_id"]) for row in rows][:SHOWN]


def _made(reader: ReleaseReader, kind: UnitKind, parts: Sequence[str]) -> Iterator[str]:
    """Yield each unit that these names make, part by part."""
    ids = [""]
    for column, part in zip(kind.key, parts, strict=True):
        named = reader.rows(FIRST.format(named=NAMED[column]), [part])
        ids = [f"{left}@{row['id']}" if left else str(row["id"]) for left in ids for row in named]
    yield from ids


def _spoken(reader: ReleaseReader, kind: UnitKind, unit_id: str) -> dict[str, str | None]:
    """Return what people call each part of a unit, by the part's name in tables."""
    return {
        column: reader.value(SPOKEN[column], [part]) if column in SPOKEN else part
        for column, part in zip(kind.key, unit_id.split("@"), strict=True)
    }

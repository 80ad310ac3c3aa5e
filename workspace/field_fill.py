"""How well fields are filled, weighed by what items are worth: computed, and checked beforehand.

An item is a product at a site. A field of a golden product counts once for every site at which the
product is, by what it is worth there.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workspace.config.field_fill_limit import FieldFill
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.table_contract import TableContract, contract, contracts

WEIGHTS = "features.feat_item_value"
# How a table of each key joins the items.
JOINS = {
    ("product_id", "site_id"): "using (product_id, site_id)",
    ("product_id",): "using (product_id)",
    ("site_id",): "using (site_id)",
}
# Segments of tonight come after this gate: those of the last release stand in.
SEGMENTS = """
    select product_id, site_id, segment_id
    from prior.segment_assignment where scheme_id = {scheme}
"""
FILL = """
    with items as (
        select product_id, site_id, {weight} as weight
        from facts.int_product_site
        left join {weights} using (product_id, site_id)
    ),

    segments as ({segments}),

    filled as (
        select
            coalesce(segments.segment_id, {nameless}) as segment_id, items.weight,
            source.{column} is not null as is_filled
        from items
        left join segments using (product_id, site_id)
        left join {table} as source {join}
    ),

    counted as (
        select
            segment_id,
            count(*) as item_count,
            count(*) filter (where is_filled) as filled_count,
            sum(weight) as weight,
            coalesce(sum(weight) filter (where is_filled), 0) as filled_weight
        from filled group by segment_id
    ),

    final as (
        select
            segment_id, item_count, filled_count,
            -- Where nothing is at stake by the weight, each item counts once.
            case when weight > 0 then cast(filled_weight as double) / cast(weight as double)
                else cast(filled_count as double) / item_count end as rate
        from counted
    )

    select * from final order by segment_id
"""


@dataclass(frozen=True, kw_only=True)
class Fill:
    """How well one field is filled in one segment."""

    segment_id: str
    item_count: int
    filled_count: int
    rate: float


def fills(connection: duckdb.DuckDBPyConnection, wanted: FieldFill) -> list[Fill]:
    """Return the fill of a field by segment; weights below zero count as zero."""
    source, column = contract(fill_table(wanted)), wanted.field.split(".")[1]
    none = "select null as product_id, null as site_id, null as segment_id where false"
    query = FILL.format(
        weight=f"greatest(coalesce({wanted.weight}, 0), 0)" if wanted.weight else "1",
        weights=WEIGHTS,
        segments=SEGMENTS.format(scheme=literal(wanted.by)) if wanted.by else none,
        nameless=literal("(none)" if wanted.by else "(all)"),
        column=column,
        table=source.name,
        join=JOINS[source.key],
    )
    names = ("segment_id", "item_count", "filled_count", "rate")
    rows = connection.execute(query).fetchall()
    return [Fill(**dict(zip(names, row, strict=True))) for row in rows]


def fill_table(wanted: FieldFill) -> str:
    """Return the qualified name of the table that a field is in.

    Raises CONFIG_REFERENCE for a table that has no row for an item.
    """
    name = wanted.field.split(".")[0]
    source = _table(name)
    if source is None:
        cause = f"`{name}` is no table of items, products or sites."
        raise TierwiseError("CONFIG_REFERENCE", place="gates.field_fill", cause=cause)
    return source.name


def check_field_fill(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of the limits on the fill of fields."""
    faults: list[TierwiseError] = []
    place = str(workspace.root / "workspace.yml")
    limits = workspace.file.gates.field_fill
    for number, wanted in enumerate(limits):
        if any((w.field, w.by) == (wanted.field, wanted.by) for w in limits[:number]):
            cause = f"`{wanted.field}` has two limits{f' by {wanted.by}' if wanted.by else ''}."
            faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
        table, column = wanted.field.split(".")
        source = _table(table)
        names = [c.name for c in source.columns] if source else []
        if source is None or column not in names:
            cause = f"`{wanted.field}` is no field of an item.{suggestion(column, names)}"
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
        weights = [c.name for c in contract(WEIGHTS).columns]
        if wanted.weight is not None and wanted.weight not in weights:
            cause = f"`{wanted.weight}` is no column of {WEIGHTS}."
            cause += suggestion(wanted.weight, weights)
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
        if wanted.by is not None and wanted.by not in workspace.schemes:
            cause = f"`{wanted.by}` is no scheme.{suggestion(wanted.by, list(workspace.schemes))}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
    return faults


def _table(name: str) -> TableContract | None:
    """Return a table that dbt builds of items, products or sites; None where there is none."""
    layers = ("golden", "facts", "features")
    named = (contracts().get(f"{layer}.{name}") for layer in layers)
    return next((c for c in named if c and not c.is_python and c.key in JOINS), None)

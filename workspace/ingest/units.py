"""Units: which code of which system means what, and what each unit of each item is worth.

Runs when the entities are filled. Two tables of the build hold what is found, for the facts to
convert with and for the rows that cannot be converted to be set aside:
control.unit_codes_found (system, delivered_code, unit_code) and control.conversions_found, the
rows of golden.uom_conversion.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from models.units.conversions import conversions
from workspace.given_rows import create_from

# Where a quantity stands, the product it is of, and the day that picks its factor.
MEASURED = {
    "order_lines": ("raw.order_lines as e", "e.product_id", "e.order_date"),
    "purchase_order_lines": ("raw.purchase_order_lines as e", "e.product_id", "e.order_date"),
    "receipts": (
        "raw.receipts as e join raw.purchase_order_lines as o on o._namespace = e._namespace "
        "and o.purchase_order_id = e.purchase_order_id and o.line_number = e.line_number",
        "o.product_id",
        "e.receipt_date",
    ),
    "shipment_lines": (
        "raw.shipment_lines as e cross join night.parameters as p",
        "e.product_id",
        "coalesce(e.shipped_date, p.business_date)",
    ),
    "inventory_snapshots": ("raw.inventory_snapshots as e", "e.product_id", "e.snapshot_date"),
}

# What people keep in the workspace overrules what a system says of its own codes.
CODES = """
    with written as (
        {written}
    ),

    ranked as (
        select
            upper(c.system_name) as system_name, c.delivered_code,
            upper(c.unit_code) as unit_code,
            row_number() over (
                partition by upper(c.system_name), c.delivered_code
                order by case when s.kind = 'reference' then 1 else 2 end, s.priority nulls last,
                    c._namespace, c.unit_code
            ) as code_rank
        from raw.unit_codes as c left join night.systems as s on s.system = c._system
    ),

    listed as (
        select system_name, delivered_code, unit_code from ranked where code_rank = 1
    ),

    final as (
        select
            w.system, w.delivered_code,
            coalesce(own.unit_code, shared.unit_code, upper(w.delivered_code)) as unit_code
        from written as w
        left join listed as own
            on own.system_name = upper(w.system) and own.delivered_code = w.delivered_code
        left join listed as shared
            on shared.system_name = '*' and shared.delivered_code = w.delivered_code
    )

    select * from final
"""

ITEMS = """
    select e._namespace as namespace, e.product_id as source_key, c.unit_code as base_unit_code
    from raw.products as e
    left join control.unit_codes_found as c
        on c.system = e._system and c.delivered_code = e.base_unit_code
"""

# What is stated of a product that is in quarantine needs no worth.
USED = """
    select distinct s._namespace as namespace, s.source_key, c.unit_code
    from _stated as s
    join control.unit_codes_found as c on c.system = s._system and c.delivered_code = s.unit_code
    semi join raw.products as p on p._namespace = s._namespace and p.product_id = s.source_key
"""

FACTORS = """
    select
        e._namespace as namespace, e.product_id as source_key, u.unit_code,
        t.unit_code as to_unit_code, e.numerator,
        coalesce(e.denominator, cast(1 as decimal(18, 8))) as denominator, e.valid_from,
        e._system, e._file, e._record
    from raw.unit_conversions as e
    join control.unit_codes_found as u on u.system = e._system and u.delivered_code = e.unit_code
    left join control.unit_codes_found as t
        on t.system = e._system and t.delivered_code = e.to_unit_code
    order by all
"""


def quantities(entity: str) -> str:
    """Return SQL for the rows of an entity that state a unit: item, unit, day, origin."""
    relation, product, day = MEASURED[entity]
    return f"""
        select
            e._namespace as namespace, {product} as source_key, c.unit_code, {day} as day,
            e._system, e._file, e._record
        from {relation}
        join control.unit_codes_found as c
            on c.system = e._system and c.delivered_code = e.unit_code
    """


def stated_by(entity: str) -> str:
    """Return SQL for what the rows of an entity state, each unit and currency once, by item."""
    relation, product, day = MEASURED[entity]
    currency = "e.currency_code" if entity == "order_lines" else "cast(null as varchar)"
    return f"""
        select
            '{entity}' as entity, e._system, e._namespace, {product} as source_key, e.unit_code,
            {currency} as currency_code, min({day}) as first_day, max({day}) as last_day
        from {relation}
        group by all
    """


def resolve_units(connection: duckdb.DuckDBPyConnection, stated: Sequence[str]) -> None:
    """Fill the two tables, and the temporary _stated and _contradicting.

    `stated` are queries as `stated_by` returns them, which _stated then holds; _contradicting are
    the factors to set aside.
    """
    connection.execute("create or replace temp table _stated as " + " union all ".join(stated))
    places = [
        ("raw.products", "base_unit_code"),
        ("raw.unit_conversions", "unit_code"),
        ("raw.unit_conversions", "to_unit_code"),
        ("_stated", "unit_code"),
    ]
    written = " union ".join(
        f"select _system as system, {column} as delivered_code from {table} "
        f"where {column} is not null"
        for table, column in places
    )
    connection.execute(
        "create or replace table control.unit_codes_found as " + CODES.format(written=written)
    )
    factors = connection.sql(FACTORS).pl()
    found = conversions(
        connection.sql(ITEMS).pl(), factors, connection.sql(USED).pl(), known=_listed(connection)
    )
    create_from(connection, "control.conversions_found", found.rows)
    contradicting = factors.select("_system", "_file", "_record").with_row_index("record")
    contradicting = contradicting.cast({"record": int}).join(found.contradicting, on="record")
    said = contradicting.select("_system", "_file", "_record", "detail")
    create_from(connection, "_contradicting", said, is_temporary=True)


def _listed(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the codes that the company's list gives a meaning to."""
    rows = connection.execute("select distinct upper(unit_code) from raw.unit_codes").fetchall()
    return [code for (code,) in rows]

"""Where a unit hangs in the company: what overlays are cut along, and what rules do not read.

A field belongs to a part of a unit's key, so every kind of unit that has the part has the field.
All are text; null where nobody says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Part:
    """Organisation fields by one key column: their names, and the query that gives them."""

    key: str
    fields: tuple[str, ...]
    query: str


# A site is taken from its system where the calendars say so, as its order lines are.
PARTS = (
    Part(
        key="site_id",
        fields=("site_code", "site_type", "site_country_code", "site_business_unit"),
        query="""
            select
                l.site_id, any_value(l.site_code) as site_code,
                any_value(l.site_type) as site_type,
                any_value(l.country_code) as site_country_code,
                min(coalesce(of_site.business_unit, of_system.business_unit)) as site_business_unit
            from golden.golden_location as l
            left join golden.golden_xref as x
                on x.object_type = 'site' and x.golden_id = l.site_id and x.valid_to is null
            left join night.business_units as of_site
                on of_site.namespace = x.namespace and of_site.site_key = x.source_key
            left join night.business_units as of_system
                on of_system.namespace = x.namespace and of_system.site_key is null
            group by l.site_id
        """,
    ),
    Part(
        key="customer_id",
        fields=("customer_group", "customer_country_code", "sales_region"),
        query="""
            select customer_id, customer_group, country_code as customer_country_code, sales_region
            from golden.golden_customer
        """,
    ),
    Part(
        key="product_id",
        fields=("product_line",),
        query="select product_id, product_line from golden.golden_product",
    ),
)


def organisation_columns(key: tuple[str, ...]) -> dict[str, str]:
    """Return name and type of the organisation fields of units with this key."""
    parts = [part for part in PARTS if part.key in key]
    return dict.fromkeys([*key, *(name for part in parts for name in part.fields)], "varchar")


def organisation_of(universe: str, key: tuple[str, ...]) -> str:
    """Return the query of the units of a universe: their keys, and their organisation fields."""
    parts = [part for part in PARTS if part.key in key]
    columns = [f"u.{column}" for column in key]
    columns += [f"of_{part.key}.{name}" for part in parts for name in part.fields]
    joins = "".join(
        f" left join ({part.query}) as of_{part.key} on of_{part.key}.{part.key} = u.{part.key}"
        for part in parts
    )
    return f"select {', '.join(columns)} from {universe} as u{joins}"

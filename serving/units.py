"""Finding a product at a site by what people call it."""

from __future__ import annotations

from dataclasses import dataclass

from serving.release_reader import ReleaseReader
from workspace.errors import TierwiseError

SUGGESTED = 5
PRODUCTS = """
with named as (
    select product_id, 1 as way from golden_product where lower(product_id) = lower(?1)
    union all
    select product_id, 2 from golden_product where lower(product_code) = lower(?1)
    union all
    select product_id, 3 from golden_product where ltrim(gtin, '0') = ltrim(?1, '0')
    union all
    select golden_id, 4 from golden_xref
    where object_type = 'product' and lower(source_key) = lower(?1)
)
select distinct product_id from named
where way = (select min(way) from named)
order by product_id
"""
UNITS = """
select u.product_id, p.product_code, p.product_name, u.site_id, l.site_code, l.site_name
from feat_item_value as u
join golden_product as p on p.product_id = u.product_id
join golden_location as l on l.site_id = u.site_id
where u.product_id = ?1 and (?2 = '' or lower(?2) in (lower(l.site_code), lower(l.site_id)))
order by l.site_code, u.site_id
"""
# Spelling first, then names that contain the words.
NEAR = """
select product_code || ' (' || product_name || ')' as near
from golden_product
order by greatest(
    jaro_winkler_similarity(lower(product_code), lower(?1)),
    case when contains(lower(product_name), lower(?1)) then 0.99 else 0 end
) desc, product_code, product_id
limit ?2
"""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A product at a site: its golden ids, and what people call it."""

    product_id: str
    product_code: str
    product_name: str
    site_id: str
    site_code: str
    site_name: str

    @property
    def name(self) -> str:
        """Return the name by which commands know the unit."""
        return f"{self.product_code}@{self.site_code}"

    @property
    def unit_id(self) -> str:
        """Return the id of the unit in tables that know units of several kinds."""
        return f"{self.product_id}@{self.site_id}"

    @property
    def key(self) -> list[str]:
        """Return the golden ids as query parameters."""
        return [self.product_id, self.site_id]


def find_units(reader: ReleaseReader, name: str) -> list[Unit]:
    """Return the units of `<product>[@<site>]`, all sites of the product when none is named.

    A product goes by golden id, product code, GTIN or the key of any source, in this order.
    Raises UNIT_UNKNOWN with near names, or with the choice when a code names several products.
    """
    product, _, site = name.strip().rpartition("@") if "@" in name else (name.strip(), "", "")
    product_id = _product(reader, product)
    units = [Unit(**row) for row in reader.rows(UNITS, [product_id, site])]
    if not units:
        sites = [Unit(**row).name for row in reader.rows(UNITS, [product_id, ""])]
        cause = f"`{product}` is known at {', '.join(sites) or 'no site'}."
        raise TierwiseError("UNIT_UNKNOWN", place=name, cause=cause)
    return units


def _product(reader: ReleaseReader, name: str) -> str:
    found: list[str] = reader.query(PRODUCTS, [name]).to_series().to_list()
    if len(found) == 1:
        return found[0]
    if found:
        cause = f"`{name}` names {len(found)} products: {', '.join(found[:SUGGESTED])}."
    else:
        near = reader.query(NEAR, [name, SUGGESTED]).to_series().to_list()
        cause = f"No product goes by `{name}`. Near are {', '.join(near)}."
    raise TierwiseError("UNIT_UNKNOWN", place=name, cause=cause)

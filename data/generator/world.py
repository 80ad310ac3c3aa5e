"""The company as drawn once for a plan: parties, products, stocked items, and who supplies what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from data.generator.accounts import customer_accounts
from data.generator.catalogue import product_records, true_products
from data.generator.demand import stocked_items
from data.generator.network import ERPS, SITES
from data.generator.packing import packages
from data.generator.parties import true_customers, true_suppliers
from data.generator.plan import Plan


@dataclass(frozen=True, kw_only=True)
class World:
    """Frames of everything that does not move; their `…` index columns point at each other.

    accounts: a row per system and customer account (`account` counts within a system);
    records: a row per ERP and product (`record` counts within an ERP);
    items: a row per ERP, product and site (`item`); sources: a row per product and supplier;
    packages: a row per product.
    """

    customers: pl.DataFrame
    accounts: pl.DataFrame
    suppliers: pl.DataFrame
    products: pl.DataFrame
    records: pl.DataFrame
    items: pl.DataFrame
    sources: pl.DataFrame
    packages: pl.DataFrame

    def account_keys(self, erp: str) -> pl.Series:
        """Return the key of each account of an ERP."""
        return self.accounts.filter(pl.col("system") == erp)["source_key"]

    @cached_property
    def item_names(self) -> pl.DataFrame:
        """One row per stocked item: product_key and site_key in its own ERP, unit and ids."""
        plants = [
            (erp, at, key) for at, site in enumerate(SITES) for erp, key in site.plants.items()
        ]
        schema = {"system": pl.String, "site": pl.Int64, "site_key": pl.String}
        records = self.records.select(
            "system", "record", "unit", "product_id", product_key="source_key"
        )
        return (
            self.items.with_columns(
                site_code=pl.Series([SITES[at].code for at in self.items["site"]])
            )
            .join(
                pl.DataFrame(plants, schema=schema, orient="row"),
                on=["system", "site"],
                how="left",
                maintain_order="left",
            )
            .join(records, on=["system", "record"], how="left", maintain_order="left")
            .join(self.packages, on="product", how="left", maintain_order="left")
        )


def draw_world(plan: Plan) -> World:
    """Draw the company that a plan describes."""
    customers = true_customers(plan)
    suppliers = true_suppliers(plan)
    products = true_products(plan, suppliers)
    records = product_records(products)
    items = stocked_items(plan, records)
    return World(
        customers=customers,
        accounts=customer_accounts(plan, customers),
        suppliers=suppliers,
        products=products,
        records=records,
        items=items,
        sources=_sources(plan, products, suppliers, items),
        packages=packages(plan, products),
    )


def _sources(
    plan: Plan, products: pl.DataFrame, suppliers: pl.DataFrame, items: pl.DataFrame
) -> pl.DataFrame:
    """One row per product and supplier: order minimum and multiple in base units, price in EUR."""
    first = products.select("product", "cost", "supplier", is_preferred=pl.lit(True))
    second = products.filter(pl.col("second_supplier") >= 0).select(
        "product", "cost", supplier="second_supplier", is_preferred=pl.lit(False)
    )
    sources = pl.concat([first, second]).sort("product", "is_preferred", descending=[False, True])
    sources = sources.join(
        items.group_by("product").agg(units=pl.col("units_per_line").mean()),
        on="product",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("units").fill_null(10.0))
    random = plan.stream("sources")
    multiple = random.choice((1, 1, 5, 10, 12, 25), sources.height)
    wanted = sources["units"].to_numpy() * random.uniform(1.5, 6, sources.height)
    minimum = np.ceil(wanted / multiple) * multiple
    factor = np.where(
        sources["is_preferred"].to_numpy(), 1.0, random.uniform(1.01, 1.12, sources.height)
    )
    return sources.with_columns(
        minimum=pl.Series(minimum.astype(np.int64)),
        multiple=pl.Series(multiple.astype(np.int64)),
        price=pl.Series(np.round(sources["cost"].to_numpy() * factor * 0.97, 4)),
    ).join(
        suppliers.select("supplier", "planned_days", "currency"),
        on="supplier",
        how="left",
        maintain_order="left",
    )


def erp_of(items: pl.DataFrame) -> pl.Series:
    """Return the position of each item's ERP in ERPS."""
    return items["system"].replace_strict(
        {erp: at for at, erp in enumerate(ERPS)}, return_dtype=pl.Int64
    )

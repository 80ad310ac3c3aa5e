"""What the southern ERP delivers: American text, and column names as Dynamics has them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.generator import terms
from data.generator.catalogue import (
    SOUTHERN_BANDS,
    SOUTHERN_RATE,
    delivered_products,
    price_level,
    southern_divisions,
)
from data.generator.defects import Shape
from data.generator.extracts import Master, master_shape
from data.generator.network import CURRENCIES, SITES
from data.generator.packing import contradicting, unit_factors
from data.generator.plan import Plan
from data.generator.words import ASSORTMENT
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "erp_south"
SUPPLIER_KEY = "south_key"
DIALECT = Dialect(
    delimiter=",",
    encoding="utf-8",
    date_format="%m/%d/%Y",
    decimal_mark=".",
    thousands_mark="",
    bad_number="#VALUE!",
    bad_date="02/30/2025",
)
UNITS = {"EA": "EACH", "M": "MTR", "KG": "KG", "G": "GRAM", "CS": "CASE", "PAL": "PALLET"}
TERMS = ("SalesOrigin", "ListAmount", "RebateAmount", "PaymDays", "HandlingCode")
CHANNELS = {"manual": "PHONE", "edi": "EDI", "portal": "WEB"}
ORDER_LINES = (
    "SalesId", "LineNum", "OrderType", "OrderDate", "CustAccount", "ItemId", "WarehouseId",
    "RequestedDate", "SalesQty", "SalesUnit", "LineAmount", "CostAmount", "CurrencyCode",
    "IsCancelled", "CustomerRef", "OriginalSalesId", "OriginalLineNum", *TERMS,
)  # fmt: skip
ORDER_TYPES = pl.col("kind").replace_strict({"standard": "Sales", "project": "Project"})
SHIPPED_NAME = "shipments"
SHIPPED_LINES = ("SalesId", "LineNum", "ShipDate", "InventQty")
PURCHASE_ORDER_LINES = (
    "PurchId", "LineNum", "VendAccount", "ItemId", "WarehouseId", "OrderDate", "DeliveryDate",
    "PurchQty", "PurchPrice", "CurrencyCode", "Status",
)  # fmt: skip
ORDER_LINE_SHAPE = Shape(
    key=0,
    number=8,
    date=3,
    text=14,
    product=5,
    unit=9,
    case_code=UNITS["CS"],
    width=len(ORDER_LINES),
    new_key=lambda number: f"SO-X{number:07d}",
)


def masters(plan: Plan, world: World) -> Mapping[str, Master]:
    """Return the extracts that are delivered whole, by name."""
    return {
        "customers": _customers(plan, world),
        "items": _items(plan, world),
        "item_units": _item_units(plan, world),
        "categories": Master(frame=_categories()),
        "warehouses": Master(frame=_warehouses()),
        "vendors": Master(frame=_vendors(world), free_text=("Name",)),
        "vendor_items": Master(frame=_vendor_items(plan, world)),
    }


def _customers(plan: Plan, world: World) -> Master:
    rows = world.accounts.filter(
        (pl.col("system") == SYSTEM) & (pl.col("created") <= plan.as_of_day)
    )
    frame = rows.select(
        AccountNum="source_key",
        Name="name",
        City="city",
        ZipCode="postal_code",
        CountryRegionId="country",
        TaxId="tax_number",
        DunsNumber="duns_number",
        Gln="gln",
        CustGroup="customer_group",
        SalesDistrict=pl.col("home").replace_strict({at: s.name for at, s in enumerate(SITES)}),
        CurrencyCode="currency",
        CreatedDate=DIALECT.day(pl.col("created")),
        OnHold=pl.when(pl.col("closed") <= plan.as_of_day).then(pl.lit("T")).otherwise(pl.lit("F")),
    )
    shape = master_shape(frame, "CUST-9", date="CreatedDate", text="Name")
    return Master(frame=frame, free_text=("Name",), shape=shape)


def _items(plan: Plan, world: World) -> Master:
    rows = southern_divisions(plan, delivered_products(world.records, SYSTEM, plan))
    division = pl.col("division")
    level = price_level(plan.as_of_day, plan.start_day) / SOUTHERN_RATE
    cost = (pl.col("cost") * level * 100).round().cast(pl.Int64)
    price = (pl.col("cost") / (1 - pl.col("margin")) * level * 100).round().cast(pl.Int64)
    known_end = pl.col("discontinued") <= plan.as_of_day + 60
    band = pl.col("band").replace_strict(dict(enumerate(SOUTHERN_BANDS)))
    is_upc = pl.col("gtin").str.starts_with("0")
    frame = rows.select(
        ItemId="source_key",
        ItemName=pl.col("name").str.replace("x", '"x', literal=True).str.to_titlecase(),
        UpcCode=pl.when(is_upc).then(pl.col("gtin").str.slice(1)).otherwise("gtin"),
        MfgPartNumber="part_number",
        MfgName="manufacturer",
        CategoryId=division.str.to_uppercase() + pl.lit("-") + band.str.to_uppercase(),
        ProductLine=band,
        InventUnit=pl.col("unit").replace_strict(UNITS),
        StandardCost=pl.when("has_standard_cost").then(DIALECT.number(cost, 2)),
        SalesPrice=DIALECT.number(price, 2),
        CurrencyCode=pl.lit("USD"),
        IntroDate=DIALECT.day(pl.col("launch")),
        DiscontinuedDate=pl.when(known_end).then(DIALECT.day(pl.col("discontinued"))),
    )
    shape = master_shape(frame, "ITM9", number="SalesPrice", date="IntroDate", text="ItemName")
    return Master(frame=frame, free_text=("ItemName",), shape=shape)


def _item_units(plan: Plan, world: World) -> Master:
    """Write factors: one FromUnit is Numerator / Denominator ToUnit."""
    rows = unit_factors(plan, world.records, world.packages, SYSTEM)
    frame = rows.select(
        ItemId="source_key",
        FromUnit=pl.col("unit").replace_strict(UNITS),
        ToUnit=pl.col("to_unit").replace_strict(UNITS),
        Numerator=pl.col("numerator").cast(pl.String),
        Denominator=pl.col("denominator").cast(pl.String),
    )
    return Master(frame=frame, wrong=contradicting(rows))


def _categories() -> pl.DataFrame:
    """Departments, and below each the price bands: not how the north sees the same products."""
    departments = [(name.upper(), None, name) for name in ASSORTMENT]
    bands = [
        (f"{name.upper()}-{band.upper()}", name.upper(), f"{name}, {band.lower()}")
        for name in ASSORTMENT
        for band in SOUTHERN_BANDS
    ]
    schema = {"CategoryId": pl.String, "ParentCategoryId": pl.String, "CategoryName": pl.String}
    frame = pl.DataFrame(departments + bands, schema=schema, orient="row")
    return frame.with_columns(
        CategoryName=pl.col("CategoryName").str.replace(", ", " ", literal=True)
    )


def _warehouses() -> pl.DataFrame:
    rows = [
        (s.plants[SYSTEM], f"Hollin {s.name}", s.country, s.gln, s.time_zone, s.kind)
        for s in SITES
        if SYSTEM in s.plants
    ]
    schema = ["WarehouseId", "WarehouseName", "CountryRegionId", "Gln", "TimeZone", "WarehouseType"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _vendors(world: World) -> pl.DataFrame:
    return world.suppliers.select(
        VendAccount="south_key",
        Name="name",
        CountryRegionId="country",
        TaxId="tax_number",
        DunsNumber=pl.when("has_duns_south").then("duns_number"),
        CurrencyCode="currency",
        OnHold=pl.when("is_blocked").then(pl.lit("T")).otherwise(pl.lit("F")),
    )


def _vendor_items(plan: Plan, world: World) -> pl.DataFrame:
    known = delivered_products(world.records, SYSTEM, plan).select("product", "source_key")
    rows = world.sources.join(known, on="product", how="inner", maintain_order="left")
    level = price_level(plan.as_of_day, plan.start_day) / SOUTHERN_RATE
    price = (pl.col("price") * level * 10_000).round().cast(pl.Int64)
    return rows.select(
        VendAccount=pl.col("supplier").replace_strict(
            dict(enumerate(world.suppliers["south_key"]))
        ),
        ItemId="source_key",
        LeadTimeDays=pl.col("planned_days").cast(pl.String),
        MinOrderQty=pl.col("minimum").cast(pl.String),
        OrderMultiple=pl.col("multiple").cast(pl.String),
        PurchPrice=DIALECT.number(price, 4),
        CurrencyCode=pl.lit("USD"),
        IsPrimary=pl.when("is_preferred").then(pl.lit("T")).otherwise(pl.lit("F")),
    )


def order_lines(named: pl.DataFrame) -> pl.DataFrame:
    """Write order lines as text, a column per delivered column."""
    return named.select(
        SalesId=pl.lit("SO-") + pl.col("order").cast(pl.String).str.zfill(8),
        LineNum=pl.col("line").cast(pl.String),
        OrderType=pl.when("is_return").then(pl.lit("Return")).otherwise(ORDER_TYPES),
        OrderDate=DIALECT.day(pl.col("day")),
        CustAccount="account_key",
        ItemId="product_key",
        WarehouseId="site_key",
        RequestedDate=DIALECT.day(pl.when(pl.col("order") % 20 > 0).then("requested")),
        SalesQty=pl.col("stated_units").cast(pl.String),
        SalesUnit=pl.col("stated_unit").replace_strict(UNITS, return_dtype=pl.String),
        LineAmount=DIALECT.number(pl.col("amount"), 2),
        CostAmount=DIALECT.number(pl.col("cost"), 2),
        CurrencyCode=pl.col("currency").replace_strict(
            dict(enumerate(CURRENCIES)), return_dtype=pl.String
        ),
        IsCancelled=pl.when("is_cancelled").then(pl.lit("T")).otherwise(pl.lit("F")),
        CustomerRef=pl.lit("REF") + (pl.col("order") * 7_919 % 1_000_000).cast(pl.String),
        OriginalSalesId=pl.lit("SO-") + pl.col("original_order").cast(pl.String).str.zfill(8),
        OriginalLineNum=pl.col("original_line").cast(pl.String),
        **terms.written(DIALECT, TERMS, CHANNELS, "CRANE"),
    )


def shipped_lines(shipped: pl.DataFrame) -> pl.DataFrame:
    """Write what left, a row per order line, in base units."""
    return shipped.select(
        SalesId=pl.lit("SO-") + pl.col("order").cast(pl.String).str.zfill(8),
        LineNum=pl.col("line").cast(pl.String),
        ShipDate=DIALECT.day(pl.col("shipped")),
        InventQty=pl.col("units").cast(pl.String),
    )


def purchase_order_lines(named: pl.DataFrame) -> pl.DataFrame:
    """Write purchase order lines; prices are in USD."""
    price = (pl.col("price") / SOUTHERN_RATE * 10_000).round().cast(pl.Int64)
    return named.select(
        PurchId=pl.lit("PO-") + pl.col("order").cast(pl.String).str.zfill(7),
        LineNum=pl.col("line").cast(pl.String),
        VendAccount="supplier_key",
        ItemId="product_key",
        WarehouseId="site_key",
        OrderDate=DIALECT.day(pl.col("day")),
        DeliveryDate=DIALECT.day(pl.col("due")),
        PurchQty=pl.col("units").cast(pl.String),
        PurchPrice=DIALECT.number(price, 4),
        CurrencyCode=pl.lit("USD"),
        Status=pl.when("is_cancelled").then(pl.lit("Cancelled")).otherwise(pl.lit("Ordered")),
    )

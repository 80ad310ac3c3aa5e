"""What the northern ERP delivers: European text, and column names as SAP has them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.generator import terms
from data.generator.catalogue import delivered_products, families, price_level
from data.generator.defects import Shape
from data.generator.extracts import Master, master_shape
from data.generator.network import CURRENCIES, SITES
from data.generator.packing import contradicting, unit_factors
from data.generator.plan import Plan
from data.generator.planted_supply import with_raised_minimums
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "erp_north"
SUPPLIER_KEY = "north_key"
DIALECT = Dialect(
    delimiter=";",
    encoding="cp1252",
    date_format="%d.%m.%Y",
    decimal_mark=",",
    thousands_mark=".",
    bad_number="#WERT!",
    bad_date="31.02.2025",
)
UNITS = {"EA": "ST", "M": "M", "KG": "KG", "G": "G", "CS": "KAR", "PAL": "PAL"}
TERMS = ("BSARK", "KZWI1", "KZWI5", "ZBD1T", "LADGR")
CHANNELS = {"manual": "MANU", "edi": "DFUE", "portal": "WEBS"}
ORDER_LINES = (
    "VBELN", "POSNR", "AUART", "AUDAT", "KUNNR", "MATNR", "WERKS", "VDATU", "KWMENG", "VRKME",
    "NETWR", "WAERK", "ABGRU", "BSTKD", "VGBEL", "VGPOS", *TERMS,
)  # fmt: skip
ORDER_TYPES = pl.col("kind").replace_strict({"standard": "TA", "project": "ZPRJ"})
SHIPPED_NAME = "deliveries"
SHIPPED_LINES = ("VGBEL", "VGPOS", "WADAT_IST", "LGMNG", "MEINS")
PURCHASE_ORDER_LINES = ("EBELN", "EBELP", "LIFNR", "MATNR", "WERKS", "BEDAT", "EINDT", "MENGE",
    "NETPR", "WAERS", "LOEKZ", "LLIEF")  # fmt: skip
ORDER_LINE_SHAPE = Shape(
    key=0,
    number=8,
    date=3,
    text=13,
    product=5,
    unit=9,
    case_code=UNITS["CS"],
    width=len(ORDER_LINES),
    new_key=lambda number: f"{99_000_000 + number:010d}",
)


def masters(plan: Plan, world: World) -> Mapping[str, Master]:
    """Return the extracts that are delivered whole, by name."""
    return {
        "customers": _customers(plan, world),
        "materials": _materials(plan, world),
        "material_units": _material_units(plan, world),
        "product_hierarchy": Master(frame=_hierarchy()),
        "plants": Master(frame=_plants()),
        "suppliers": Master(frame=_suppliers(world), free_text=("NAME1",)),
        "info_records": Master(frame=_info_records(plan, world)),
    }


def _customers(plan: Plan, world: World) -> Master:
    rows = world.accounts.filter(
        (pl.col("system") == SYSTEM) & (pl.col("created") <= plan.as_of_day)
    )
    frame = rows.select(
        KUNNR="source_key",
        NAME1="name",
        LAND1="country",
        ORT01="city",
        PSTLZ="postal_code",
        STCEG="tax_number",
        DUNS="duns_number",
        GLN="gln",
        KDGRP="customer_group",
        BZIRK=pl.col("home").replace_strict({at: s.name for at, s in enumerate(SITES)}),
        WAERS="currency",
        ERDAT=DIALECT.day(pl.col("created")),
        AUFSD=pl.when(pl.col("closed") <= plan.as_of_day).then(pl.lit("X")),
        LOEVM=pl.when("is_obsolete").then(pl.lit("X")),
    )
    shape = master_shape(frame, "000099", date="ERDAT", text="NAME1", flag="LOEVM")
    return Master(frame=frame, free_text=("NAME1",), shape=shape)


def _materials(plan: Plan, world: World) -> Master:
    rows = delivered_products(world.records, SYSTEM, plan)
    tree = families()
    node = pl.col("family_index").replace_strict(dict(enumerate(tree["family_node"])))
    line = pl.col("family_index").replace_strict(dict(enumerate(tree["division"])))
    level = price_level(plan.as_of_day, plan.start_day)
    cost = (pl.col("cost") * level * 100).round().cast(pl.Int64)
    price = (pl.col("cost") / (1 - pl.col("margin")) * level * 100).round().cast(pl.Int64)
    known_end = pl.col("discontinued") <= plan.as_of_day + 60
    frame = rows.select(
        MATNR="source_key",
        MAKTX="name",
        PRDHA=node,
        SPART=line,
        MEINS=pl.col("unit").replace_strict(UNITS),
        EAN11="gtin",
        MFRPN="part_number",
        MFRNM="manufacturer",
        STPRS=pl.when("has_standard_cost").then(DIALECT.number(cost, 2)),
        VKPRS=DIALECT.number(price, 2),
        WAERS=pl.lit("EUR"),
        VMSTD=DIALECT.day(pl.col("launch")),
        MSTDE=pl.when(known_end)
        .then(DIALECT.day(pl.col("discontinued")))
        .otherwise(pl.lit("00.00.0000")),
    )
    shape = master_shape(frame, "009", number="VKPRS", date="VMSTD", text="MAKTX")
    return Master(frame=frame, free_text=("MAKTX",), shape=shape)


def _material_units(plan: Plan, world: World) -> Master:
    """Write factors as whole numbers: UMREN units of MEINH are UMREZ of MESUB."""
    rows = unit_factors(plan, world.records, world.packages, SYSTEM)
    frame = rows.select(
        MATNR="source_key",
        MEINH=pl.col("unit").replace_strict(UNITS),
        UMREZ=DIALECT.number(pl.col("numerator"), 0),
        UMREN=DIALECT.number(pl.col("denominator"), 0),
        MESUB=pl.col("to_unit").replace_strict(UNITS),
    )
    return Master(frame=frame, wrong=contradicting(rows))


def _hierarchy() -> pl.DataFrame:
    tree = families()
    levels = [
        ("division_node", "division", "1"),
        ("group_node", "group", "2"),
        ("family_node", "family", "3"),
    ]
    frames = [
        tree.select(PRODH=node, STUFE=pl.lit(level), VTEXT=name).unique(
            "PRODH", maintain_order=True
        )
        for node, name, level in levels
    ]
    return pl.concat(frames)


def _plants() -> pl.DataFrame:
    rows = [
        (
            site.plants[SYSTEM],
            f"Hollin {site.name}",
            site.country,
            site.gln,
            site.time_zone,
            site.kind,
        )
        for site in SITES
        if SYSTEM in site.plants
    ]
    return pl.DataFrame(
        rows, schema=["WERKS", "NAME1", "LAND1", "GLN", "TZONE", "WKTYP"], orient="row"
    )


def _suppliers(world: World) -> pl.DataFrame:
    return world.suppliers.select(
        LIFNR="north_key",
        NAME1="name",
        LAND1="country",
        STCEG="tax_number",
        DUNS=pl.when("has_duns_north").then("duns_number"),
        WAERS="currency",
        SPERR=pl.when("is_blocked").then(pl.lit("X")),
    )


def _info_records(plan: Plan, world: World) -> pl.DataFrame:
    known = delivered_products(world.records, SYSTEM, plan).select("product", "source_key")
    rows = with_raised_minimums(plan, world).join(known, on="product", maintain_order="left")
    price = (pl.col("price") * price_level(plan.as_of_day, plan.start_day) * 100).round()
    return rows.select(
        LIFNR=world.suppliers["north_key"].gather(rows["supplier"]),
        MATNR="source_key",
        APLFZ=pl.col("planned_days").cast(pl.String),
        MINBM=DIALECT.number(pl.col("minimum") * 1_000, 3),
        BSTRF=DIALECT.number(pl.col("multiple") * 1_000, 3),
        NETPR=DIALECT.number(price.cast(pl.Int64).clip(lower_bound=1), 2),
        WAERS=pl.lit("EUR"),
        RELIF=pl.when("is_preferred").then(pl.lit("X")),
    )


def order_lines(named: pl.DataFrame) -> pl.DataFrame:
    """Write order lines as text, a column per delivered column."""
    return named.select(
        VBELN=pl.col("order").cast(pl.String).str.zfill(10),
        POSNR=(pl.col("line") * 10).cast(pl.String).str.zfill(6),
        AUART=pl.when("is_return").then(pl.lit("RE")).otherwise(ORDER_TYPES),
        AUDAT=DIALECT.day(pl.col("day")),
        KUNNR="account_key",
        MATNR="product_key",
        WERKS="site_key",
        VDATU=DIALECT.day(pl.col("requested")),
        KWMENG=DIALECT.number(pl.col("stated_units") * 1_000, 3),
        VRKME=pl.col("stated_unit").replace_strict(UNITS, return_dtype=pl.String),
        NETWR=DIALECT.number(pl.col("amount"), 2),
        WAERK=pl.col("currency").replace_strict(
            dict(enumerate(CURRENCIES)), return_dtype=pl.String
        ),
        ABGRU=pl.when("is_cancelled").then(pl.lit("51")),
        BSTKD=pl.lit("PO-") + (pl.col("order") * 7_919 % 1_000_000).cast(pl.String).str.zfill(6),
        VGBEL=pl.col("original_order").cast(pl.String).str.zfill(10),
        VGPOS=(pl.col("original_line") * 10).cast(pl.String).str.zfill(6),
        **terms.written(DIALECT, TERMS, CHANNELS, "0001"),
    )


def shipped_lines(shipped: pl.DataFrame) -> pl.DataFrame:
    """Write what left, a row per order line, in base units."""
    return shipped.select(
        VGBEL=pl.col("order").cast(pl.String).str.zfill(10),
        VGPOS=(pl.col("line") * 10).cast(pl.String).str.zfill(6),
        WADAT_IST=DIALECT.day(pl.col("shipped")),
        LGMNG=DIALECT.number(pl.col("units") * 1_000, 3),
        MEINS=pl.col("unit").replace_strict(UNITS, return_dtype=pl.String),
    )


def purchase_order_lines(named: pl.DataFrame) -> pl.DataFrame:
    """Write purchase order lines; prices are in EUR."""
    return named.select(
        EBELN=pl.col("order").cast(pl.String).str.zfill(10),
        EBELP=(pl.col("line") * 10).cast(pl.String).str.zfill(5),
        LIFNR="supplier_key",
        MATNR="product_key",
        WERKS="site_key",
        BEDAT=DIALECT.day(pl.col("day")),
        EINDT=DIALECT.day(pl.col("due")),
        MENGE=DIALECT.number(pl.col("units") * 1_000, 3),
        NETPR=DIALECT.number((pl.col("price") * 100).round().cast(pl.Int64).clip(lower_bound=1), 2),
        WAERS=pl.lit("EUR"),
        LOEKZ=pl.when("is_cancelled").then(pl.lit("L")),
        LLIEF=pl.when(pl.col("maker_key") != pl.col("supplier_key")).then("maker_key"),
    )

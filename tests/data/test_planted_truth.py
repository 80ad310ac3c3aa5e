from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.generator.plan import Plan
from tests.data.delivered_text import DeliveredFile
from tests.data.delivered_truth import in_base_units, rows_of, truth

LINES = {
    "erp_north.order_lines": ("KUNNR", "MATNR", "WERKS", "VDATU", "AUDAT", "KWMENG", "NETWR"),
    "erp_south.order_lines": (
        "CustAccount", "ItemId", "WarehouseId", "RequestedDate", "OrderDate", "SalesQty",
        "LineAmount",
    ),
}  # fmt: skip
NAMES = ("customer", "product_key", "site_key", "requested", "ordered", "units", "amount")


@pytest.fixture(scope="module")
def sales(files: list[DeliveredFile], company: Path) -> pl.DataFrame:
    frames = []
    for extract, columns in LINES.items():
        lines = rows_of(files, extract, company)
        if extract == "erp_north.order_lines":
            lines = lines.filter((pl.col("AUART") == "TA") & pl.col("ABGRU").is_null())
        else:
            lines = lines.filter((pl.col("OrderType") == "Sales") & ~pl.col("IsCancelled"))
        unit = "VRKME" if extract == "erp_north.order_lines" else "SalesUnit"
        named = lines.select(**dict(zip(NAMES, map(pl.col, columns), strict=True)), unit=unit)
        frames.append(named.with_columns(system=pl.lit(extract.split(".")[0])))
    return in_base_units(pl.concat(frames), company)


@pytest.mark.parametrize(
    ("extract", "key", "table"),
    [
        ("erp_north.customers", "KUNNR", "customers"),
        ("erp_south.customers", "AccountNum", "customers"),
        ("crm.accounts", "account_id", "customers"),
        ("erp_north.materials", "MATNR", "products"),
        ("erp_south.items", "ItemId", "products"),
    ],
)
def test_the_truth_knows_every_master_record_and_no_other(
    files: list[DeliveredFile], company: Path, extract: str, key: str, table: str
) -> None:
    known = truth(company, table).filter(pl.col("system") == extract.split(".")[0])
    assert set(rows_of(files, extract, company)[key]) == set(known["source_key"])
    assert known["source_key"].is_unique().all()


def test_equal_identifiers_always_mean_one_customer(
    files: list[DeliveredFile], company: Path
) -> None:
    known = truth(company, "customers")
    identifiers = {
        "erp_north.customers": ("KUNNR", "STCEG", "DUNS", "GLN"),
        "erp_south.customers": ("AccountNum", "TaxId", "DunsNumber", "Gln"),
        "crm.accounts": ("account_id", "tax_number", "duns_number", "gln"),
    }
    rows = [
        rows_of(files, extract, company)
        .select(source_key=names[0], tax=names[1], duns=names[2], gln=names[3])
        .with_columns(
            pl.lit(extract.split(".")[0]).alias("system"),
            pl.col("tax").str.replace_all("[- ]", ""),
        )
        for extract, names in identifiers.items()
    ]
    accounts = pl.concat(rows).join(known, on=["system", "source_key"])
    for name in ("tax", "duns", "gln"):
        shared = accounts.drop_nulls(name).group_by(name).agg(pl.col("customer_id").n_unique())
        assert shared["customer_id"].max() == 1, name


def test_duplicates_are_linked_by_exact_keys_only_in_part(company: Path) -> None:
    known = truth(company, "customers")
    accounts = known.group_by("customer_id").len()
    assert 0.3 < accounts.select((pl.col("len") > 1).mean()).item() < 0.95


def test_planted_demand_classes_show_in_the_delivered_demand(
    sales: pl.DataFrame, company: Path, plan: Plan
) -> None:
    week = pl.coalesce("requested", "ordered").dt.truncate("1w")
    weekly = sales.group_by("system", "product_key", "site_key", week=week).agg(
        pl.col("units").cast(pl.Float64).sum()
    )
    last = pl.lit(plan.as_of).dt.truncate("1w")
    found = (
        weekly.filter(pl.col("week") < last)
        .group_by("system", "product_key", "site_key")
        .agg(
            adi=(last - pl.col("week").min()).dt.total_days().first() / 7 / pl.len(),
            cv2=(pl.col("units").std() / pl.col("units").mean()) ** 2,
            weeks=pl.len(),
        )
        .filter(pl.col("weeks") >= 6)
        .with_columns(is_rare=pl.col("adi") >= 1.32, is_uneven=pl.col("cv2") >= 0.49)
    )
    planted = truth(company, "demand_classes").with_columns(
        rare=pl.col("demand_class").is_in(["intermittent", "lumpy"]),
        uneven=pl.col("demand_class").is_in(["erratic", "lumpy"]),
    )
    both = found.join(planted, on=["system", "product_key", "site_key"])
    assert both.height > 0.8 * planted.height
    agree = (pl.col("is_rare") == pl.col("rare")) & (pl.col("is_uneven") == pl.col("uneven"))
    assert both.select(agree.mean()).item() > 0.9


def test_a_fifth_of_the_items_brings_most_of_the_revenue(sales: pl.DataFrame) -> None:
    values = (
        sales.group_by("system", "product_key", "site_key")
        .agg(pl.col("amount").cast(pl.Float64).sum())
        .sort("amount", descending=True)
    )
    best = pl.col("amount").head(pl.len() // 5)
    assert 0.65 < values.select(best.sum() / pl.col("amount").sum()).item() < 0.92


def test_margins_lie_between_the_planned_bounds(files: list[DeliveredFile], company: Path) -> None:
    lines = rows_of(files, "erp_south.order_lines", company)
    cost, amount = (pl.col(name).cast(pl.Float64).sum() for name in ("CostAmount", "LineAmount"))
    assert 0.15 < lines.select(1 - cost / amount).item() < 0.40


def test_receipts_never_exceed_what_was_ordered(files: list[DeliveredFile], company: Path) -> None:
    received = (
        rows_of(files, "wms.goods_receipts", company)
        .group_by("purchase_order", "po_line")
        .agg(pl.col("received").sum())
    )
    ordered = pl.concat(
        [
            rows_of(files, "erp_north.purchase_order_lines", company).select(
                purchase_order="EBELN", po_line="EBELP", ordered="MENGE"
            ),
            rows_of(files, "erp_south.purchase_order_lines", company).select(
                purchase_order="PurchId", po_line="LineNum", ordered="PurchQty"
            ),
        ]
    )
    both = received.join(ordered, on=["purchase_order", "po_line"], how="left")
    assert both["ordered"].null_count() == 0
    assert (both["received"] <= both["ordered"]).all()


def test_goods_are_issued_in_base_units_for_what_was_ordered_in_any(
    files: list[DeliveredFile], company: Path
) -> None:
    ordered = rows_of(files, "erp_north.order_lines", company).select(
        "VBELN", "POSNR", "MATNR", units="KWMENG", unit="VRKME", product_key="MATNR"
    )
    ordered = in_base_units(ordered.with_columns(system=pl.lit("erp_north")), company)
    issued = rows_of(files, "erp_north.deliveries", company)
    both = issued.join(ordered, left_on=["VGBEL", "VGPOS"], right_on=["VBELN", "POSNR"])
    assert {"ST", "KAR", "G", "KG", "M"} == set(both["unit"])
    assert {"ST", "KG", "M"} == set(both["MEINS"])
    assert (both["LGMNG"].cast(pl.Float64) == both["units"].round(6)).all()


def test_lost_sales_are_part_of_what_was_asked_for(company: Path) -> None:
    lost = truth(company, "stock_outs")
    assert lost.height > 0
    assert ((lost["lost_units"] > 0) & (lost["lost_units"] <= lost["asked_units"])).all()


def test_promotions_raise_demand(sales: pl.DataFrame, company: Path) -> None:
    events = truth(company, "promotions").filter(pl.col("uplift_ratio") >= 1.8)
    weekly = sales.group_by(
        "system", "product_key", "site_key",
        start_date=pl.coalesce("requested", "ordered").dt.truncate("1w"),
    ).agg(pl.col("units").cast(pl.Float64).sum())  # fmt: skip
    usual = weekly.group_by("system", "product_key", "site_key").agg(pl.col("units").median())
    keys = ["system", "product_key", "site_key"]
    raised = events.join(weekly, on=[*keys, "start_date"]).join(usual, on=keys, suffix="_usual")
    assert raised.select((pl.col("units") / pl.col("units_usual")).median()).item() > 1.4

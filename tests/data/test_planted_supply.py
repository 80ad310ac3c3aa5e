"""Bills of materials, contract manufacturers, unfit minimum orders: planted as the truth says."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from data.generator.country_risks import REGIONS, SILENT_ON
from data.generator.plan import Plan
from data.generator.planted_supply import LOT_WEEKS
from models.supply.materials import process_complexity
from tests.data.delivered_text import DeliveredFile
from tests.data.delivered_truth import rows_of, truth


def test_delivered_bills_of_materials_are_as_deep_as_planted(
    files: list[DeliveredFile], company: Path, plan: Plan
) -> None:
    names = truth(company, "products").filter(pl.col("system") == "erp_north")
    key = dict(names.select("source_key", "product_id").iter_rows())
    rows = rows_of(files, "erp_north.bills_of_materials", company)
    held = rows.filter(
        pl.col("DATUV") <= plan.as_of, pl.col("DATUB").is_null() | (pl.col("DATUB") >= plan.as_of)
    )
    assert held.height < rows.height
    components = held.select(
        product_id=pl.col("MATNR").replace_strict(key),
        component_product_id=pl.col("IDNRK").replace_strict(key),
        is_phantom=pl.col("DUMPS").is_not_null(),
    )
    planted = truth(company, "bills_of_materials")
    assert process_complexity(components).rows() == planted.rows()
    assert 2 in planted["levels"]


def test_some_orders_name_who_really_makes_the_goods(
    files: list[DeliveredFile], company: Path
) -> None:
    lines = rows_of(files, "erp_north.purchase_order_lines", company)
    makers = dict(truth_of_makers(company).iter_rows())
    named = lines.filter(pl.col("LLIEF").is_not_null())
    assert dict(named.select("LIFNR", "LLIEF").unique().iter_rows()).items() <= makers.items()
    assert named.height == lines.filter(pl.col("LIFNR").is_in(list(makers))).height


def truth_of_makers(company: Path) -> pl.DataFrame:
    return pl.read_csv(company / "truth" / "contract_makers.csv", infer_schema=False)


def test_planted_minimum_orders_last_two_years(files: list[DeliveredFile], company: Path) -> None:
    records = rows_of(files, "erp_north.info_records", company).filter(
        pl.col("RELIF").is_not_null()
    )
    least = dict(records.select("MATNR", "MINBM").iter_rows())
    planted = truth(company, "mismatches")
    assert planted.height > 0
    for row in planted.to_dicts():
        assert row["demand_class"] in {"lumpy", "erratic"}
        assert float(least[row["product_key"]]) >= row["weekly"] * LOT_WEEKS


def test_of_one_country_nobody_says_anything_and_of_its_region_somebody_does(
    files: list[DeliveredFile], company: Path
) -> None:
    places = set(rows_of(files, "market.country_risks", company)["place"])
    assert SILENT_ON not in places
    assert set(REGIONS) <= places

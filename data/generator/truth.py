"""What is true of the generated company, for tests to compare with; no pipeline reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from data.generator.bills import depths
from data.generator.campaigns import planned
from data.generator.catalogue import LEAD_IN_DAYS, delivered_products, southern_divisions
from data.generator.contracts import in_force as contracts_in_force
from data.generator.demand import Demand
from data.generator.patience import patience
from data.generator.plan import Plan
from data.generator.planted_supply import makers, rigid_items
from data.generator.trees import grow
from data.generator.world import World
from data.generator.writing import Extract, write_csv


@dataclass(frozen=True, kw_only=True)
class Planted:
    """What was planted: promotions, lost sales, project orders, margins, and work done."""

    demand: Demand
    lost: pl.DataFrame
    projects: pl.DataFrame
    earned: pl.DataFrame
    used: pl.DataFrame


def write_truth(
    folder: Path, plan: Plan, world: World, planted: Planted, extracts: Iterable[Extract]
) -> None:
    """Write one table for each thing that is known, and the plan."""
    named = world.item_names
    extracts = list(extracts)
    tables = {
        "customers": _customers(plan, world),
        "products": _products(plan, world),
        "packages": _packages(plan, world),
        "customer_trees": grow(plan, world).planted,
        "misfiled_products": _misfiled(plan, world),
        "demand_classes": _demand_classes(plan, named),
        "promotions": _promotions(plan, named, planted.demand),
        "promotion_weeks": _promotion_weeks(plan, named, planted.demand),
        "stock_outs": _stock_outs(plan, named, planted.lost),
        "bills_of_materials": depths(plan, world),
        "contract_makers": _makers(world),
        "mismatches": _mismatches(plan, world),
        "projects": _projects(plan, named, planted.projects),
        "margins": _margins(named, planted.earned),
        "patience": patience(world.accounts.filter(pl.col("created") <= plan.as_of_day)),
        "contracts": contracts_in_force(plan, world),
        "activities": planted.used,
        "defects": _defects(extracts),
        "files": _files(extracts),
    }
    for name, frame in tables.items():
        write_csv(frame, folder / f"{name}.csv")
    text = json.dumps(asdict(plan), indent=2, default=str)
    (folder / "plan.json").write_text(text + "\n", encoding="utf-8")


_ITEM = ["product_id", "site_code", "system", "product_key", "site_key"]


def _customers(plan: Plan, world: World) -> pl.DataFrame:
    known = world.accounts.filter(pl.col("created") <= plan.as_of_day)
    return known.select(
        "system",
        "source_key",
        "customer_id",
        true_name=pl.col("customer").replace_strict(
            dict(enumerate(world.customers["name"])), return_dtype=pl.String
        ),
    )


def _products(plan: Plan, world: World) -> pl.DataFrame:
    known = world.records.filter(pl.col("launch") - LEAD_IN_DAYS <= plan.as_of_day)
    return known.select("system", "source_key", "product_id")


def _misfiled(plan: Plan, world: World) -> pl.DataFrame:
    """One row per record that the south files in another division than the product is of."""
    rows = southern_divisions(plan, delivered_products(world.records, "erp_south", plan))
    return rows.filter("is_misfiled").select(
        "system", "source_key", "product_id", "division", "true_division"
    )


def _packages(plan: Plan, world: World) -> pl.DataFrame:
    """One row per product record: pieces in a case, 0 where it has none, and grams of a piece."""
    known = world.records.filter(pl.col("launch") - LEAD_IN_DAYS <= plan.as_of_day)
    packed = known.join(world.packages, on="product", how="left", maintain_order="left")
    return packed.select("system", "source_key", "unit", "case_size", "grams")


def _makers(world: World) -> pl.DataFrame:
    """One row per supplier whose goods another makes, by the keys of the north."""
    keys = world.suppliers["north_key"]
    made_by = keys.gather(makers(world))
    return pl.DataFrame({"supplier_key": keys, "maker_key": made_by}).filter(keys != made_by)


def _mismatches(plan: Plan, world: World) -> pl.DataFrame:
    """One row per stocked item whose minimum order was raised to two years of demand."""
    columns = ("demand_class", "lead_mean_days", "weekly", "minimum")
    return (
        rigid_items(plan, world)
        .select(*_ITEM, *columns)
        .with_columns(pl.col("lead_mean_days", "weekly").round(4))
    )


def _demand_classes(plan: Plan, named: pl.DataFrame) -> pl.DataFrame:
    """One row per stocked item; `is_shared` where two ERPs sell one product from one site."""
    known = named.filter(pl.col("launch") - LEAD_IN_DAYS <= plan.as_of_day)
    return known.select(
        *_ITEM,
        "demand_class",
        adi_ratio=(1 / pl.col("probability")).round(4),
        cv2_ratio=pl.col("cv2").round(4),
        mean_units=(pl.col("units_per_line") * (1 + pl.col("extra_lines"))).round(2),
        season_ratio=pl.col("season").round(4),
        yearly_trend_rate=pl.col("trend").round(4),
        is_shared=pl.struct("product_id", "site_code").is_duplicated(),
    )


def _promotions(plan: Plan, named: pl.DataFrame, demand: Demand) -> pl.DataFrame:
    """One row per stocked item and promotion that is in the calendar."""
    rows = planned(plan, demand)
    return named.select(_ITEM)[rows["item"].to_numpy()].with_columns(
        promotion_id=rows["campaign"],
        start_date=rows["start"].cast(pl.Int32).cast(pl.Date),
        end_date=rows["end"].cast(pl.Int32).cast(pl.Date),
        uplift_ratio=rows["uplift"],
    )


def _promotion_weeks(plan: Plan, named: pl.DataFrame, demand: Demand) -> pl.DataFrame:
    """One row per item and week whose demand a promotion changed, and what it would have been."""
    rows = pl.concat(demand.effects)
    monday = plan.first_monday + 7 * rows["week"]
    rows = rows.with_columns(monday=monday).filter(
        pl.col("monday").is_between(max(plan.first_monday, plan.start_day), plan.as_of_day)
    )
    return named.select(_ITEM)[rows["item"].to_numpy()].with_columns(
        week_start_date=rows["monday"].cast(pl.Int32).cast(pl.Date),
        factor_ratio=rows["factor"].round(4),
        asked_units=rows["asked"],
        usual_units=rows["without"],
    )


def _projects(plan: Plan, named: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """One row per project order; `is_tagged` unless its order type says nothing of a project."""
    taken = taken.filter(pl.col("requested") <= plan.as_of_day)
    return named.select(_ITEM)[taken["item"].to_numpy()].with_columns(
        order_number=taken["order"],
        requested_date=taken["requested"].cast(pl.Int32).cast(pl.Date),
        units=taken["units"],
        is_tagged=taken["kind"] == "project",
    )


def _margins(named: pl.DataFrame, earned: pl.DataFrame) -> pl.DataFrame:
    """One row per item sold in the last twelve months: its revenue and true cost, in EUR."""
    return named.select(_ITEM)[earned["item"].to_numpy()].with_columns(
        revenue_amount=earned["amount"], cost_amount=earned["cost"]
    )


def _stock_outs(plan: Plan, named: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    """One row per item and week in which stock did not cover what was asked for."""
    first = max(plan.first_monday, plan.start_day)
    lost = lost.filter((pl.col("monday") >= first) & (pl.col("monday") <= plan.as_of_day))
    return named.select(_ITEM)[lost["item"].to_numpy()].with_columns(
        week_start_date=lost["monday"].cast(pl.Int32).cast(pl.Date),
        asked_units=lost["asked"],
        lost_units=lost["lost"],
    )


def _defects(extracts: list[Extract]) -> pl.DataFrame:
    schema = pl.Schema(
        {"file": pl.String, "record_number": pl.Int64, "code": pl.String, "kind": pl.String}
    )
    planted = [frame.cast(schema) for extract in extracts for frame in extract.defects]
    return pl.concat([pl.DataFrame(schema=schema), *planted]).sort("file", "record_number")


def _files(extracts: list[Extract]) -> pl.DataFrame:
    rows = [(file, count) for extract in extracts for file, count in extract.counts.items()]
    schema = {"file": pl.String, "record_count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("file")

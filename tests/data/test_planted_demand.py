"""Promotions, project orders and empty shelves are planted as the truth says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.generator.campaigns import PLANNED_DAYS
from data.generator.demand import AFTER_PROMOTION, BEFORE_PROMOTION
from data.generator.network import COMPANY_CODES
from data.generator.plan import Plan
from data.generator.projects import FIRST_ORDER, TIMES_USUAL
from tests.data.delivered_text import DeliveredFile
from tests.data.delivered_truth import in_base_units, rows_of, truth

ITEM = ["system", "product_key", "site_key"]
NORTH_LINES = {"product_key": "MATNR", "site_key": "WERKS", "day": "AUDAT", "unit": "VRKME"}


def test_the_calendar_holds_the_planted_promotions_and_those_of_the_next_weeks(
    files: list[DeliveredFile], company: Path, plan: Plan
) -> None:
    planted = truth(company, "promotions")
    calendar = rows_of(files, "crm.campaigns", company)
    named = calendar.select(
        system="company",
        product_key="article",
        site_key="plant",
        promotion_id="campaign_id",
        start_date="starts_on",
        end_date="ends_on",
    )
    columns = named.columns
    assert named.sort(columns).equals(planted.select(columns).sort(columns))
    latest = max(calendar["starts_on"].to_list())
    assert 0 < (latest - plan.as_of).days <= PLANNED_DAYS


def test_promotions_change_demand_while_they_run_and_around_them(company: Path) -> None:
    weeks = truth(company, "promotion_weeks")
    dips = {*BEFORE_PROMOTION, *AFTER_PROMOTION}
    factors = set(weeks["factor_ratio"].unique())
    assert dips <= factors
    assert {factor for factor in factors if factor < 1} <= {
        round(a * b, 4) for a in {1.0, *dips} for b in {1.0, *dips}
    }
    sums = weeks.group_by(pl.col("factor_ratio") > 1).agg(
        ratio=pl.col("asked_units").sum() / pl.col("usual_units").sum()
    )
    during = dict(sums.iter_rows())
    assert during[True] > 1.6
    assert 0.7 < during[False] < 0.9


@pytest.mark.parametrize(
    ("extract", "number", "kind", "word"),
    [
        ("erp_north.order_lines", "VBELN", "AUART", "ZPRJ"),
        ("erp_south.order_lines", "SalesId", "OrderType", "Project"),
    ],
)
def test_project_orders_say_what_they_are_but_for_those_that_were_forgotten(
    files: list[DeliveredFile], company: Path, extract: str, number: str, kind: str, word: str
) -> None:
    planted = truth(company, "projects").filter(pl.col("system") == extract.split(".")[0])
    lines = rows_of(files, extract, company).with_columns(
        order_number=pl.col(number).str.extract(r"(\d+)$").cast(pl.Int64)
    )
    tagged = planted.filter("is_tagged")["order_number"]
    assert set(lines.filter(pl.col(kind) == word)["order_number"]) == set(tagged)
    assert set(planted["order_number"]) <= set(lines["order_number"])


def test_a_project_is_many_times_what_is_usual_and_some_are_forgotten(company: Path) -> None:
    planted = truth(company, "projects")
    usual = truth(company, "demand_classes").select(*ITEM, "mean_units")
    times = planted.join(usual, on=ITEM).select(pl.col("units") / pl.col("mean_units")).to_series()
    assert times.is_between(TIMES_USUAL[0] * 0.9, TIMES_USUAL[1] * 1.1).all()
    assert planted["is_tagged"].any()
    assert (planted["order_number"] > min(FIRST_ORDER)).all()


def test_stock_moves_between_counts_by_what_was_ordered_returned_and_received(
    files: list[DeliveredFile], company: Path
) -> None:
    """Of the north: what the shelves hold follows from one count to the next to the unit."""
    stock = rows_of(files, "wms.stock", company).filter(
        pl.col("item_id").str.starts_with(COMPANY_CODES["erp_north"])
    )
    item = ["site", "product_key"]
    days = sorted(stock["snapshot_date"].unique())
    counted = stock.group_by(
        "snapshot_date", site="site_id", product_key=pl.col("item_id").str.slice(5)
    ).agg(held=pl.col("on_hand").cast(pl.Float64).sum())
    first, last = (counted.filter(pl.col("snapshot_date") == day) for day in (days[3], days[9]))
    moved = _north_moves(files, company).filter(
        pl.col("day").is_between(days[3], days[9], closed="right")
    )
    net = moved.group_by(item).agg(pl.col("units").sum())
    both = (
        first.select(*item, "held")
        .join(last.select(*item, then="held"), on=item, how="full", coalesce=True)
        .join(net, on=item, how="left")
        .with_columns(pl.col("held", "then", "units").fill_null(0.0))
    )
    assert both.height > 50
    assert ((both["held"] + both["units"] - both["then"]).abs() < 1e-6).all()


def _north_moves(files: list[DeliveredFile], company: Path) -> pl.DataFrame:
    sites = rows_of(files, "wms.sites", company).select(site="site_id", site_key="plant_1000")
    lines = rows_of(files, "erp_north.order_lines", company).filter(pl.col("ABGRU").is_null())
    sign = pl.when(pl.col("AUART") == "RE").then(1.0).otherwise(-1.0)
    units = pl.col("KWMENG").cast(pl.Float64) * sign
    ordered = in_base_units(
        lines.select(**NORTH_LINES, units=units, system=pl.lit("erp_north")), company
    ).join(sites, on="site_key")
    receipts = rows_of(files, "wms.goods_receipts", company).filter(
        pl.col("item_id").str.starts_with(COMPANY_CODES["erp_north"])
    )
    accepted = (pl.col("received") - pl.col("rejected")).cast(pl.Float64)
    come = receipts.select(
        site="site_id",
        product_key=pl.col("item_id").str.slice(5),
        day="receipt_date",
        units=accepted,
    )
    return pl.concat([ordered.select(come.columns), come])

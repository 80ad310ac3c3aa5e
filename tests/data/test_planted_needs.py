"""Contracts, patience and margins are delivered as the truth says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.generator.patience import PATIENT_DAYS
from data.generator.plan import Plan
from tests.data.delivered_text import DeliveredFile
from tests.data.delivered_truth import rows_of, truth

ACCOUNT = ["system", "source_key"]


@pytest.fixture(scope="module")
def positions(files: list[DeliveredFile], company: Path) -> pl.DataFrame:
    rows = rows_of(files, "crm.service_contracts", company)
    return rows.rename({"company": "system", "customer_number": "source_key"})


def test_contracts_are_with_accounts_that_the_erp_delivers(
    files: list[DeliveredFile], company: Path, positions: pl.DataFrame
) -> None:
    for system, extract, key in (
        ("erp_north", "customers", "KUNNR"),
        ("erp_south", "customers", "AccountNum"),
    ):
        known = set(rows_of(files, f"{system}.{extract}", company)[key])
        mine = positions.filter(pl.col("system") == system)
        assert set(mine["source_key"]) <= known
        assert mine.height > 1


def test_the_truth_holds_the_strictest_terms_in_force(
    positions: pl.DataFrame, company: Path, plan: Plan
) -> None:
    holds = pl.col("valid_until").is_null() | (pl.col("valid_until") >= plan.as_of)
    in_force = positions.filter((pl.col("valid_from") <= plan.as_of) & holds)
    planted = truth(company, "contracts")
    assert set(planted.select(ACCOUNT).rows()) == set(in_force.select(ACCOUNT).rows())
    assert in_force.height < positions.height  # some have ended
    level = pl.col("service_level").cast(pl.Float64)
    found = in_force.group_by(ACCOUNT).agg(
        fill=level.filter(pl.col("service_kind") == "fill").max(),
        days=pl.col("lead_days").filter(pl.col("day_kind") == "calendar").min(),
    )
    both = planted.join(found, on=ACCOUNT)
    assert both.select(pl.col("fill_rate").eq_missing(pl.col("fill")).all()).item()
    days = pl.col("lead_days").cast(pl.Int64).eq_missing(pl.col("days").cast(pl.Int64))
    assert both.select(days.all()).item()


def test_patient_accounts_wait_urgent_ones_do_not_and_no_week_of_demand_moves(
    files: list[DeliveredFile], company: Path
) -> None:
    lines = rows_of(files, "erp_north.order_lines", company).filter(pl.col("AUART") == "TA")
    waited = lines.select(
        source_key="KUNNR", days=(pl.col("VDATU") - pl.col("AUDAT")).dt.total_days()
    )
    kinds = truth(company, "patience").filter(pl.col("system") == "erp_north")
    # An order far ahead asks for a later week: then the weekday is not what was planted.
    near = waited.filter(pl.col("days") < 7).join(kinds, on="source_key")
    usual = dict(near.group_by("patience").agg(pl.col("days").mode().first()).iter_rows())
    assert usual["patient"] == PATIENT_DAYS
    longest = dict(near.group_by("patience").agg(pl.col("days").max()).iter_rows())
    assert longest["urgent"] == 0
    assert longest["usual"] < PATIENT_DAYS


def test_the_books_of_the_south_state_the_cost_of_its_lines(
    files: list[DeliveredFile], company: Path
) -> None:
    lines = rows_of(files, "erp_south.order_lines", company).filter(~pl.col("IsCancelled"))
    sign = pl.when(pl.col("OrderType") == "Return").then(-1).otherwise(1)
    signed = lines.select("OrderDate", "CurrencyCode", cost=pl.col("CostAmount") * sign)
    totals = rows_of(files, "erp_south.ledger_totals", company)
    summed = (
        signed.join_where(
            totals.rename({"CurrencyCode": "books"}),
            pl.col("OrderDate").is_between("PeriodStart", "PeriodEnd"),
            pl.col("CurrencyCode") == pl.col("books"),
        )
        .group_by("PeriodStart", "books")
        .agg(pl.col("cost").sum(), pl.col("CostOfGoods").first())
    )
    assert summed.height == totals.height
    assert (summed["cost"] == summed["CostOfGoods"]).all()


def test_true_margins_are_those_of_the_last_twelve_months(company: Path) -> None:
    planted = truth(company, "margins")
    cost, revenue = planted.select(pl.col("cost_amount", "revenue_amount").sum()).row(0)
    rate = 1 - cost / revenue
    assert 0.15 < rate < 0.40
    assert planted.select("system", "product_key", "site_key").is_unique().all()

"""Each kind of unit adds up to the order lines, and one rule file runs at every grain."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import get_args

import duckdb
import numpy as np
import polars as pl
import pytest

from models.choice.axis import Fact
from models.choice.grains import Grain, assess
from models.demand.profile import demand_profile
from models.demand.regularity import COUNTS, MEASURES
from models.segmentation.methods.cuts import Cut
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.scheme import Rule, Scheme
from orchestration.metric_trust import TABLE as TRUST
from orchestration.segments.assignment import compiled
from orchestration.segments.unit_features import SUBSTITUTES, lay_out_units
from tests.dbt_project.conftest import Builder
from tests.dbt_project.delivered_nights import Delivery
from tests.dbt_project.valued_nights import valued_delivery
from workspace.config.scheme_file import UnitName
from workspace.table_contract import contract, feature_columns, feature_tables
from workspace.units import UNIT_KINDS
from workspace.warehouse import create_by_contract, one_row

Connections = Iterator[duckdb.DuckDBPyConnection]
SITES = ("MAIN", "NORTH", "EAST")
CHANNELS = ("Trade", "Retail", None)
ADDED = {
    "revenue_12m_amount": "revenue_amount",
    "sold_units_12m": "case when transaction_type = 'sale' then quantity_units else 0 end",
    "returned_units_12m": "case when transaction_type = 'sale' then 0 else -quantity_units end",
    "order_line_count_12m": "case when transaction_type = 'sale' then 1 else 0 end",
}
RECENT = """
    from facts.fct_order_line cross join night.parameters as p
    where not is_cancelled and order_date <= p.business_date
        and order_date > p.business_date - interval 12 month
"""
# A scheme that reads nothing but what every kind of unit has.
RULES = Scheme(
    scheme_id="everywhere",
    title="Everywhere",
    unit="",
    keys=("",),
    first_rules=(
        Rule(rule_id="no_demand", segment_id="no_demand", when="demand_weeks_count = 0"),
        Rule(rule_id="new", segment_id="new", when="months_of_history < 3 or recency_days < 0"),
        Rule(rule_id="odd", segment_id="odd", when="cost_12m_amount < 0 and adi_ratio > 9"),
    ),
    method=Thresholds(
        column="weekly_cv_ratio",
        cuts=(Cut(segment_id="X", up_to=Decimal(1)), Cut(segment_id="Y", up_to=Decimal(2))),
        last_segment_id="Z",
    ),
    fallback_segment_id="Z",
    value_column="margin_12m_amount",
)


def _delivery() -> Delivery:
    """The sixty customers, of three channels and three sites; most lines shipped, some in two."""
    given = valued_delivery()
    entities = dict(given.rows["north"])
    lines = [{**row, "site_id": SITES[n % 3]} for n, row in enumerate(entities["order_lines"])]
    entities["order_lines"] = lines
    entities["sites"] = [{"site_id": site, "site_name": site.title()} for site in SITES]
    entities["customers"] = [
        {**row, "customer_group": CHANNELS[n % 3]} for n, row in enumerate(entities["customers"])
    ]
    entities["shipment_lines"] = [
        {
            "shipment_id": f"S{n}-{part}",
            "line_number": "1",
            "transaction_type": "sale",
            "order_id": row["order_id"],
            "order_line_number": row["line_number"],
            "product_id": row["product_id"],
            "site_id": row["site_id"],
            "shipped_date": row["order_date"],
            "shipped_units": row["quantity_units"] / 2,
        }
        for n, row in enumerate(lines)
        if row.get("transaction_type", "sale") == "sale" and n % 5
        for part in range(2)
    ]
    return replace(given, rows={**given.rows, "north": entities})


@pytest.fixture(scope="module")
def night(builder: Builder) -> Path:
    chosen = [f"+{kind.worth.split('.')[1]}" for kind in UNIT_KINDS.values()]
    chosen += ["+feat_customer_trade", "+feat_item_trade"]
    skipped = ("--exclude-resource-type", "unit_test", "test")
    built = builder.build(_delivery(), "--select", *chosen, *skipped)
    assert built.has_passed, built.log
    return built.file


@pytest.fixture(scope="module")
def connection(night: Path, tmp_path_factory: pytest.TempPathFactory) -> Connections:
    """The night, with the views of all features of each kind of unit."""
    file = shutil.copy(night, tmp_path_factory.mktemp("units") / "traded.duckdb")
    with duckdb.connect(str(file)) as opened:
        found = opened.execute("select schema || '.' || name from (show all tables)").fetchall()
        for table in (*feature_tables(), contract(TRUST), contract(SUBSTITUTES)):
            if (table.name,) not in found:
                create_by_contract(opened, table.name)
        lay_out_units(opened, UNIT_KINDS)
        yield opened


@pytest.mark.parametrize("kind", UNIT_KINDS)
def test_units_of_each_kind_add_up_to_the_order_lines(
    connection: duckdb.DuckDBPyConnection, kind: str
) -> None:
    for column, line in ADDED.items():
        found = one_row(connection, f"select sum({column}) from {kind}_features")
        assert found == one_row(connection, f"select sum({line}) {RECENT}"), column


def test_each_kind_of_unit_has_the_same_columns() -> None:
    wanted = set(feature_columns(("product_id",))) - {"product_id"}
    for kind in UNIT_KINDS.values():
        assert wanted <= set(feature_columns(kind.key)), kind.name


def test_no_two_tables_of_a_kind_have_a_column_of_one_name() -> None:
    for kind in UNIT_KINDS.values():
        tables = [table for table in feature_tables() if table.key == kind.key]
        names = [c.name for table in tables for c in table.columns if c.name not in kind.key]
        assert sorted(names) == sorted(set(names)), kind.name


def test_a_planner_can_name_every_kind_of_unit() -> None:
    assert get_args(UnitName) == tuple(UNIT_KINDS)


def test_the_regularity_of_demand_is_that_of_items(connection: duckdb.DuckDBPyConnection) -> None:
    weeks = connection.sql(
        """
        with weeks as (
            select
                dense_rank() over (order by product_id) - 1 as series, product_id,
                date_diff('day', date '2026-03-23', week_start_date) // 7 as week,
                sum(quantity_units) as size
            from features.int_unit_lines where week_start_date is not null
            group by product_id, week_start_date
        )

        select series, product_id, week, cast(size as double) as size from weeks where size > 0
        """
    ).pl()
    products = weeks["product_id"].unique().sort()
    measured = demand_profile(
        weeks.with_columns(
            series=pl.col("product_id").rank("dense") - 1, is_estimated=pl.lit(value=False)
        ).select(pl.col("series", "week").cast(pl.Int32), "size", "is_estimated"),
        np.full(products.len(), 200),
        half_life_weeks=26,
    )
    found = connection.sql(
        "from features.feat_product_trade where demand_weeks_count > 0 order by product_id"
    ).pl()
    assert found["product_id"].to_list() == products.to_list()
    for column in (*COUNTS, *MEASURES):
        assert found[column].to_list() == pytest.approx(measured[column].to_list(), abs=2e-9)


@pytest.mark.requirement("S3.M1.B5")
def test_one_rule_file_runs_at_each_grain_and_each_is_scored_by_who_can_act(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for kind in UNIT_KINDS.values():
        scheme = replace(RULES, unit=kind.name, keys=kind.key)
        given = connection.sql(compiled(scheme)).pl()
        lines = connection.sql(
            f"select distinct {', '.join(kind.key)} from features.int_unit_lines"
        ).pl()
        (units,) = one_row(connection, f"select count(*) from {kind.universe}")
        assert given.select(kind.key).n_unique() == given.height == units
        assert lines.join(given, on=kind.key, how="anti").is_empty()
        if kind.name in {"customer_product", "flow"}:
            assert given.height == lines.height  # none but those that traded
        assert set(given["segment_id"]) <= {"no_demand", "new", "odd", "X", "Y", "Z"}

    shipped = one_row(
        connection,
        f"""
        select sum(s.shipped_units) from staging.stg_shipment_lines as s
        where s.order_line_id in (select order_line_id {RECENT})
        """,
    )
    flows = one_row(connection, "select sum(shipped_units_12m) from features.feat_flow_trade")
    assert flows == shipped != (0,)

    lines = connection.sql("from features.int_unit_lines where is_recent and is_sale").pl()
    sizes = Fact(name="size", values=lines["quantity_units"].cast(pl.Float64).to_numpy())
    grains = [
        Grain(
            name=kind.name,
            labels=lines.select(pl.struct(kind.key).rank("dense")).to_series().to_numpy(),
            line_counts=lines.group_by(kind.key).len()["len"].to_numpy(),
            control_points=0 if kind.name == "flow" else 1,
        )
        for kind in UNIT_KINDS.values()
    ]
    scores = {
        each.name: each.score for each in assess([sizes], grains, minimum_lines=1, decisions=1)
    }
    assert scores["flow"] == 0
    assert None not in scores.values()

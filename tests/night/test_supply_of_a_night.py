"""What a whole night says of planted supply: sets, contract manufacturers, and orders too large."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest

from models.supply.actions import CATALOGUE
from serving.release_reader import ReleaseReader, open_release
from tests.data.delivered_truth import truth
from tests.night.company import current
from tests.night.conftest import Night

KEYS = """
select x.namespace as system, x.source_key, x.golden_id, x.object_type
from golden_xref as x where x.valid_to is null
"""


@pytest.fixture(scope="module")
def release(first_night: Night) -> Iterator[ReleaseReader]:
    workspace = first_night.workspace
    with open_release(workspace / "releases" / current(workspace)) as reader:
        yield reader


@pytest.fixture(scope="module")
def golden(release: ReleaseReader) -> pl.DataFrame:
    return pl.DataFrame(release.rows(KEYS))


def ids(golden: pl.DataFrame, object_type: str, name: str, key: str) -> pl.DataFrame:
    return golden.filter(pl.col("object_type") == object_type).select(
        "system", pl.col("source_key").alias(key), pl.col("golden_id").alias(name)
    )


def test_planted_mismatches_are_found_and_their_minimum_is_what_is_wrong(
    first_night: Night, release: ReleaseReader, golden: pl.DataFrame
) -> None:
    planted = (
        truth(first_night.workspace, "mismatches")
        .join(ids(golden, "product", "product_id", "product_key"), on=["system", "product_key"])
        .join(ids(golden, "site", "site_id", "site_key"), on=["system", "site_key"])
    )
    assert planted.height > 0
    rows = pl.DataFrame(release.rows("select * from demand_supply_mismatch order by value_rank"))
    assert rows["value_rank"].to_list() == list(range(1, rows.height + 1))
    assert set(rows["action"]) <= set(CATALOGUE)
    assert (rows["value_at_stake_amount"] > 0).all()
    found = planted.rename({"product_id": "true_id", "product_id_right": "product_id"}).join(
        rows, on=["product_id", "site_id"]
    )
    assert found.height == planted.height
    assert set(found["action"]) <= {"lower_minimum_order", "make_or_buy_to_order"}
    # In a company this small they are items of little value, and still in the upper half.
    assert (found["value_rank"] <= rows.height / 2).all()
    excess = rows["cost_now_amount"] - rows["cost_after_amount"]
    assert (excess == rows["value_at_stake_amount"]).all()


def test_sets_are_as_deep_as_planted_and_bought_products_have_no_levels(
    first_night: Night, release: ReleaseReader, golden: pl.DataFrame
) -> None:
    sets = truth(first_night.workspace, "bills_of_materials").rename({"product_id": "true_id"})
    records = truth(first_night.workspace, "products").rename({"product_id": "true_id"})
    named = records.join(
        ids(golden, "product", "product_id", "source_key"), on=["system", "source_key"]
    ).join(sets, on="true_id", how="left")
    profile = pl.DataFrame(
        release.rows(
            "select product_id, process_level_count, component_count from feat_supply_profile"
        )
    )
    both = profile.join(named, on="product_id").with_columns(
        pl.col("levels", "components").fill_null(0)
    )
    assert both.height > 0
    assert both["process_level_count"].equals(both["levels"], check_names=False)
    assert both["component_count"].equals(both["components"], check_names=False)


def test_goods_of_a_contract_manufacturer_are_on_its_record(
    first_night: Night, release: ReleaseReader, golden: pl.DataFrame
) -> None:
    makers = pl.read_csv(
        first_night.workspace / "truth" / "contract_makers.csv", infer_schema=False
    ).with_columns(system=pl.lit("erp_north"))
    named = makers.join(
        ids(golden, "supplier", "maker_id", "maker_key"), on=["system", "maker_key"]
    )
    scored = {row["supplier_id"] for row in release.rows("select * from supplier_scorecard")}
    assert scored & set(named["maker_id"])
    risks = release.rows("select * from feat_geo_risk where geography_key = 'SE'")
    assert [row["score_grade"] for row in risks] in ([], ["partly"], ["parent"])

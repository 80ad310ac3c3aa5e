"""How surely a night knows margins, which classes hang on it, and what customers need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from serving.release_reader import ReleaseReader, open_release
from tests.night.company import current
from tests.night.conftest import Night

# Those of the base, as its explanations cite them: shops are cut elsewhere, by an overlay.
CUTS = """
    select distinct
        cuts.segment_id,
        cast(json_extract_string(e.inputs, '$.' || cuts.segment_id || '_from') as decimal(28, 6))
    from segment_explanations as e
    cross join (values ('A'), ('B')) as cuts (segment_id)
    where e.scheme_id = 'abc_margin' and e.overlay_id = 'base' and e.rule_id like 'pareto%'
    order by all
"""
NAMED = """
    select x.source_key, x.namespace as system, f.*
    from {table} as f
    join golden_xref as x
        on x.object_type = 'customer' and x.golden_id = f.customer_id and x.valid_to is null
"""
ITEMS = """
    select
        s.unit_id, a.rule_id, a.segment_id, a.overlay_id, a.hold_reason,
        s.margin_lower_segment_id, s.margin_upper_segment_id,
        s.is_margin_sensitive, v.margin_12m_amount, q.margin_lower_12m_amount,
        q.margin_upper_12m_amount
    from segment_margin_sensitivity as s
    join segment_assignment as a using (scheme_id, unit_id)
    join feat_item_value as v on v.product_id = s.product_id and v.site_id = s.site_id
    join feat_margin_quality as q on q.product_id = s.product_id and q.site_id = s.site_id
    where s.scheme_id = 'abc_margin'
    order by s.unit_id
"""


@pytest.fixture(scope="module")
def release(first_night: Night) -> Iterator[ReleaseReader]:
    workspace = first_night.workspace
    with open_release(workspace / "releases" / current(workspace)) as reader:
        yield reader


@pytest.fixture(scope="module")
def truth(first_night: Night) -> Path:
    return first_night.workspace / "truth"


def _read(folder: Path, name: str) -> pl.DataFrame:
    text = {"source_key": pl.String, "product_key": pl.String, "site_key": pl.String}
    return pl.read_csv(folder / f"{name}.csv", schema_overrides=text)


def _class(cuts: Sequence[tuple[str, Decimal]], worth: Decimal) -> str:
    """The definition of a class: the first whose cut value, held since the review, is reached."""
    return next((name for name, cut in cuts if worth >= cut), "C")


@pytest.mark.requirement("S2.M2.B5")
def test_classes_that_flip_inside_the_interval_are_flagged_and_margins_tie_up(
    release: ReleaseReader,
) -> None:
    # Items whose class flips inside the interval are flagged.
    items = release.rows(ITEMS)
    cuts = release.query(CUTS).rows()
    assert [segment for segment, _ in cuts] == ["A", "B"]
    open_items = [
        row
        for row in items
        if row["rule_id"] not in {"no_demand", "new_item"}
        and (row["overlay_id"], row["hold_reason"]) == ("base", None)
    ]
    flagged = [row for row in open_items if row["is_margin_sensitive"]]
    assert flagged
    for row in [*flagged, *open_items[::12]]:
        ends = {end: _class(cuts, row[f"margin_{end}_12m_amount"]) for end in ("lower", "upper")}
        assert row["margin_lower_segment_id"] == ends["lower"], row
        assert row["margin_upper_segment_id"] == ends["upper"], row
        assert row["is_margin_sensitive"] == (set(ends.values()) != {row["segment_id"]}), row

    # The sum of the items' margins reconciles to the ledger within tolerance.
    gate = (
        "select is_passed, is_blocking, evaluated_count from dq_gates where gate_name like '%.{}'"
    )
    (booked,) = release.rows(gate.format("margins_reconcile"))
    assert booked["is_passed"]
    assert booked["is_blocking"]
    periods = release.rows("select * from margin_reconciliation")
    assert periods
    assert all(abs(p["difference_amount"]) <= p["tolerance_amount"] for p in periods)

    # The estimated share per segment is published.
    shares = release.query("select * from segment_margin_quality")
    matrix = release.query("select scheme_id, segment_id from segment_matrix")
    assert set(shares.select("scheme_id", "segment_id").rows()) == set(matrix.rows())
    by_grade = shares.select(pl.col("^.*_margin_rate$")).drop_nulls().sum_horizontal()
    assert ((by_grade - 1).abs() < 1e-9).all()
    assert (shares["estimated_margin_rate"] > 0).any()
    counted = shares.filter(pl.col("scheme_id") == "abc_margin")["margin_sensitive_count"].sum()
    assert counted == sum(row["is_margin_sensitive"] for row in items)


def test_planted_margins_lie_in_their_intervals(release: ReleaseReader, truth: Path) -> None:
    planted = _read(truth, "margins").select(
        "revenue_amount", "cost_amount", namespace="system", product="product_key", site="site_key"
    )
    names = release.query(
        "select object_type, namespace, source_key, golden_id from golden_xref "
        "where valid_to is null"
    )
    for kind in ("product", "site"):
        keys = names.filter(pl.col("object_type") == kind).drop("object_type")
        renamed = keys.rename({"source_key": kind, "golden_id": f"{kind}_id"})
        planted = planted.join(renamed, on=["namespace", kind])
    true = planted.group_by("product_id", "site_id").agg(
        margin=(pl.col("revenue_amount") - pl.col("cost_amount")).sum()
    )
    low, high = (f"margin_{end}_12m_amount" for end in ("lower", "upper"))
    both = release.query("select * from feat_margin_quality").join(
        true, on=["product_id", "site_id"]
    )
    within = pl.col("margin").is_between(
        pl.col(low).cast(float) - 0.05, pl.col(high).cast(float) + 0.05
    )
    covered = dict(both.group_by("margin_provenance").agg(within.mean()).iter_rows())
    assert covered["actual"] == 1
    assert covered["standard"] > 0.85  # nine in ten are asked for
    assert covered["estimated"] > 0.7  # of few
    estimated = both.filter(pl.col("margin_provenance") == "estimated")
    assert estimated[low].sum() < estimated["margin"].sum() < estimated[high].sum()


def test_patient_and_urgent_customers_are_recovered(release: ReleaseReader, truth: Path) -> None:
    needs = release.query(NAMED.format(table="feat_service_need"))
    planted = needs.join(_read(truth, "patience"), on=["system", "source_key"])
    alike = planted.filter(pl.col("patience").n_unique().over("customer_id") == 1)
    measured = alike.filter(pl.col("tolerance_grade").is_in(["A", "B"])).unique("customer_id")
    days = measured.group_by("patience").agg(
        pl.col("tolerance_p50_business_days").min().alias("least"),
        pl.col("tolerance_p50_business_days").max().alias("most"),
        pl.col("urgency_rank_rate").mean().alias("urgent"),
    )
    found = {row["patience"]: row for row in days.to_dicts()}
    assert found["urgent"]["most"] == 0
    assert found["patient"]["least"] >= 3
    assert found["usual"]["most"] <= 2
    assert found["urgent"]["urgent"] > found["usual"]["urgent"] > found["patient"]["urgent"]


def test_the_strictest_contract_in_force_is_the_customers(
    release: ReleaseReader, truth: Path
) -> None:
    needs = release.query(NAMED.format(table="feat_service_need")).join(
        _read(truth, "contracts"), on=["system", "source_key"], how="left"
    )
    strictest = {
        "contract_lead_time_days": pl.col("lead_days").min(),
        "contract_lead_time_business_days": pl.col("lead_working_days").min(),
        "contract_fill_rate": pl.col("fill_rate").max(),
        "contract_otif_rate": pl.col("otif_rate").max(),
        "contract_penalty_rate": pl.col("penalty_rate").max(),
    }
    grouped = needs.group_by("customer_id").agg(
        *(pl.col(name).first() for name in strictest),
        *(of.alias(f"true_{name}") for name, of in strictest.items()),
    )
    assert grouped["contract_fill_rate"].drop_nulls().len() > 3
    for name in strictest:
        same = pl.col(name).cast(float).eq_missing(pl.col(f"true_{name}").cast(float))
        assert grouped.select(same.all()).item(), name

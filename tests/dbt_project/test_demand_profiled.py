"""What the demand profile reads: the baseline, one-offs beside it, and what is inherited."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.demand.exceptions import LAPSE_DAYS, find_exceptions
from orchestration.demand.profile import profile_demand
from tests.dbt_project.conftest import Builder
from tests.dbt_project.delivered_nights import Rows
from tests.dbt_project.demand_nights import LATER, PROJECT, cleanse, day, known_on, rows
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.warehouse import write_by_contract

DEMAND = (
    *("--select", "+fct_demand_weekly", "+int_cleansing_basis"),
    *("--exclude-resource-type", "unit_test", "test"),
)
STEPS = {
    "demand_exceptions": find_exceptions,
    "feat_demand_profile": profile_demand,
}
Profile = dict[str, dict[str, Any]]


def known(builder: Builder, business_date: date, **changed: Rows) -> Path:
    """Build a night and cleanse its demand."""
    night = builder.build(known_on(business_date, changed), *DEMAND)
    cleanse(night.file)
    return night.file


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(root=tmp_path_factory.mktemp("company"))


def profiled(file: Path, workspace: Workspace) -> tuple[Profile, list[tuple[Any, ...]]]:
    """Return the profile by product, and the exceptions, of a built night."""
    with duckdb.connect(str(file)) as connection:
        for table, compute in STEPS.items():
            write_by_contract(connection, f"features.{table}", compute(connection, workspace))
        found = connection.execute(
            "select g.product_code, p.* exclude (product_id) from features.feat_demand_profile as p"
            " join golden.golden_product as g using (product_id) order by all"
        )
        names = [column[0] for column in found.description or []]
        profile = {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in found.fetchall()}
        exceptions = connection.execute(
            "select order_line_id, exception_kind, is_proposed, valid_from, valid_to, is_in_force"
            " from features.demand_exceptions order by all"
        ).fetchall()
    return profile, exceptions


def without_projects() -> Rows:
    lines = rows()["order_lines"]
    return [
        row for row in lines if "PROJECT" not in {row["order_id"], row.get("original_order_id")}
    ]


def untagged() -> Rows:
    kept = [row for row in rows()["order_lines"] if row.get("original_order_id") != "PROJECT"]
    return [{**row, "demand_kind": "regular"} for row in kept]


@pytest.mark.requirement("S2.M3.B7")
def test_a_project_changes_no_feature_its_class_lapses_and_a_forgotten_one_is_proposed(
    builder: Builder, company: Company
) -> None:
    workspace = company.open()
    plain, none = profiled(known(builder, LATER, order_lines=without_projects()), workspace)
    tagged_night = known(builder, LATER)

    # A tagged project order changes no baseline feature.
    tagged, exceptions = profiled(tagged_night, workspace)
    assert tagged == plain
    assert none == []

    # The class lapses at its end date.
    until = day(PROJECT, 2) + timedelta(days=LAPSE_DAYS)
    project = ("north:PROJECT:1", "project", False, day(PROJECT), until)
    assert exceptions == [(*project, False)]
    for today, kind in ((until - timedelta(days=1), "project"), (until, None)):
        night = known(builder, today)
        then, exceptions = profiled(night, workspace)
        assert then["P3"]["exception_kind"] == kind
        assert exceptions == [(*project, kind is not None)]

    # An untagged one-off above the robust limit is proposed for tagging.
    night = known(builder, LATER, order_lines=untagged())
    forgotten, exceptions = profiled(night, workspace)
    assert exceptions == [("north:PROJECT:1", "regular", True, day(PROJECT), until, False)]
    assert forgotten["P3"]["weekly_sd_units"] > 5 * tagged["P3"]["weekly_sd_units"]


def test_a_successor_inherits_and_what_it_replaces_has_ended(
    builder: Builder, company: Company, tmp_path: Path
) -> None:
    """P2 sells from week 60 on and takes the place of P1; P3 is replaced by nobody yet."""
    lines = [
        row
        for row in without_projects()
        if row["product_id"] != "P2" or row["order_date"] >= day(60)
    ]
    replaced = [
        {"product_id": "P1", "successor_id": "P2", "valid_from": day(60)},
        {"product_id": "P3", "successor_id": "P2", "valid_from": LATER + timedelta(days=1)},
    ]
    night = known(builder, LATER, order_lines=lines, product_replacements=replaced)
    kept = tmp_path / "kept.duckdb"
    shutil.copy(night, kept)
    found, _ = profiled(night, company.open())
    old, new, other = (found[f"P{n}"] for n in (1, 2, 3))
    assert new["first_demand_week_date"] == old["first_demand_week_date"] == day(0)
    assert new["history_weeks_count"] == 64
    assert (new["predecessor_count"], new["lifecycle_stage"]) == (1, "mature")
    assert (old["predecessor_count"], old["lifecycle_stage"]) == (0, "end_of_life")
    assert (other["predecessor_count"], other["lifecycle_stage"]) == (0, "mature")

    # The same of what was ordered, promotion and all.
    settings = "demand_profile: {series: raw}\n"
    configured = company.configure(
        "workspace.yml", ("business_date:", f"{settings}business_date:")
    ).open()
    plain, _ = profiled(kept, configured)
    assert {row["demand_series"] for row in found.values()} == {"cleansed"}
    assert {row["demand_series"] for row in plain.values()} == {"raw"}
    assert plain["P1"]["weekly_mean_units"] > old["weekly_mean_units"]

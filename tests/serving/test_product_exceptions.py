"""Exceptions of product attributes, from failure to closure, as the demo's stewards see them."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration.stewardship import table_of_cases
from serving.release_reader import open_release
from serving.report.section import Release
from serving.report.sections.cases import cases as section_of_cases
from tests.serving.conftest import Releases
from workspace.config.entities import entities
from workspace.folder import open_workspace
from workspace.stewards import Stewards
from workspace.stewardship import Case, Outcome, cases
from workspace.table_contract import contract

DAY = date(2026, 6, 1)
ATTRIBUTES = ("gtin", "base_unit_code", "standard_cost_amount")


@pytest.fixture(scope="module")
def stewards(root: Path) -> Stewards:
    found = open_workspace(root / "data" / "demo").quality.stewards
    assert found is not None
    return found


def _outcome(attribute: str, *, failed: int, evaluated: int = 50) -> Outcome:
    return Outcome(
        kind="gate",
        element=f"products.{attribute}",
        system="erp_north",
        expectation=f"raw.products.{attribute}",
        evaluated_count=evaluated,
        failed_count=failed,
    )


def _night(prior: list[Case], stewards: Stewards, day: date, **failed: int | None) -> list[Case]:
    """Return the cases of a night; an attribute that is None was not tested."""
    outcomes = [
        _outcome(name, failed=count or 0, evaluated=50 if count is not None else 0)
        for name, count in failed.items()
    ]
    return cases(outcomes, [vars(case) for case in prior], stewards, day)


@pytest.mark.requirement("S4.M2.B5")
def test_exceptions_close_by_test_ageing_equals_a_query_and_no_attribute_is_ownerless(
    stewards: Stewards, releases: Releases, tmp_path: Path
) -> None:
    # An exception closes only when its expectation passes.
    first = _night([], stewards, DAY, gtin=4, base_unit_code=1, standard_cost_amount=2)
    later = DAY + timedelta(days=9)
    second = _night(first, stewards, later, gtin=9, base_unit_code=None, standard_cost_amount=0)
    status = {case.element.split(".")[1]: case.status for case in second}
    assert status == {"gtin": "open", "base_unit_code": "open", "standard_cost_amount": "closed"}

    # Ageing by owner equals the query.
    folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
    new = _night([], stewards, later, gtin=1, list_price_amount=1)
    shown = [*second, *(case for case in new if case.element == "products.list_price_amount")]
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.register("shown", table_of_cases(shown))
        connection.execute("create or replace table dq_stewardship as from shown")
        queried = connection.execute(
            "select steward, count(*), sum(case when age_days <= 7 then 1 else 0 end), "
            "max(age_days) from dq_stewardship where status = 'open' group by steward"
        ).fetchall()
    with open_release(folder) as reader:
        (ageing, *_) = section_of_cases(Release(now=reader)).tables
    assert [(row[0], row[1], row[2], row[5]) for row in ageing.rows] == queried
    assert queried == [("item_data", 3, 1, 9)]

    # Ownerless attributes: none.
    products = [f"products.{name}" for name in entities()["products"].columns]
    products += [f"golden_product.{c.name}" for c in contract("golden.golden_product").columns]
    ownerless = [
        (element, unit, day)
        for element in products
        for unit in stewards.units
        for day in (DAY, later)
        if stewards.owner(element, unit, day) is None
    ]
    assert len(products) > 20
    assert ownerless == []


def test_cases_keep_to_the_contract_of_their_table(stewards: Stewards) -> None:
    table = table_of_cases(_night([], stewards, DAY, gtin=4))
    columns = contract("control.dq_stewardship").columns
    assert set(table.column_names) == {column.name for column in columns}
    assert isinstance(table, pa.Table)

"""A night measures the histories that have changed, and what comes out is as if it had all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.demand.profile import profile_demand
from tests.workspace.small_company import Company
from workspace.table_contract import contract
from workspace.warehouse import create_by_contract, write_by_contract

LAST = date(2026, 6, 22)
TODAY = LAST + timedelta(days=8)
TOMORROW = TODAY + timedelta(days=1)
PROFILE = "features.feat_demand_profile"
ITEMS = ("a", "b", "c", "never")
# Months as dbt tells them: one that is what it was keeps its day, any other is made tonight.
MONTHS = """
    create view features.demand_month as
    select now.month_start_date, now.fingerprint, coalesce(made_date, business_date) as made_date
    from (
        select
            date_trunc('month', week_start_date) as month_start_date,
            cast(bit_xor(hash(hash(product_id, week_start_date, baseline_units))) as text)
                as fingerprint
        from features.demand_cleansed
        group by all
    ) as now
    cross join night.parameters
    left join prior.demand_month as before using (month_start_date, fingerprint)
"""
MADE = """
    create view features.int_demand_cleansed_made as
    select weeks.*
    from features.demand_cleansed as weeks
    cross join night.parameters
    inner join features.demand_month as months
        on
            date_trunc('month', weeks.week_start_date) = months.month_start_date
            and months.made_date = business_date
"""
EMPTY = {
    "features.demand_exceptions": contract("features.demand_exceptions"),
    "golden.golden_xref": contract("golden.golden_xref"),
}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A night of four items, of which one never sold; nothing was published before it."""
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        for schema in ("night", "facts", "golden", "features", "staging", "prior"):
            connection.execute(f"create schema {schema}")
        begin(connection, TODAY)
        connection.execute("create table facts.int_product_site (product_id text, site_id text)")
        connection.execute(
            "create table golden.golden_product (product_id text, discontinued_date date)"
        )
        for item in ITEMS:
            connection.execute("insert into facts.int_product_site values (?, 's')", [item])
            connection.execute("insert into golden.golden_product values (?, null)", [item])
        connection.execute(
            "create table staging.stg_product_replacements (_namespace text, product_id text,"
            " successor_id text, share_rate decimal(18, 8), valid_from date)"
        )
        for name in (*EMPTY, "features.demand_cleansed"):
            connection.execute(f"create table {name} ({columns(name)})")
        create_by_contract(connection, PROFILE)
        for name in ("demand_month", "demand_cleansed", "feat_demand_profile"):
            connection.execute(f"create table prior.{name} ({columns(f'features.{name}')})")
        connection.execute(MONTHS)
        connection.execute(MADE)
        for number, item in enumerate(ITEMS[:3]):
            for week in range(0, 120, number + 1):
                order(connection, item, week, 3 + (week * 7 + number) % 5)
        yield connection


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(root=tmp_path_factory.mktemp("company"))


def columns(name: str) -> str:
    """Return the columns of a table, none of them required."""
    return ", ".join(f"{column.name} {column.data_type}" for column in contract(name).columns)


def begin(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    connection.execute(
        f"create or replace table night.parameters as"
        f" select date '{today}' as business_date, 1 as week_starts_on"
    )


def order(connection: duckdb.DuckDBPyConnection, item: str, week: int, units: int) -> None:
    """Add demand in a week, counted back from the last complete one."""
    connection.execute(
        "insert into features.demand_cleansed by name select ? as product_id, 's' as site_id,"
        " cast(? as date) as week_start_date, ? as raw_units, ? as baseline_units,"
        " 0 as one_off_units, 0 as lost_units",
        [item, LAST - timedelta(weeks=week), units, units],
    )


def measured(connection: duckdb.DuckDBPyConnection, company: Company) -> list[str]:
    """Profile demand; return the items that were measured, and not taken from the release before.

    Whatever was taken over, the table is that of a night that measures all.
    """
    workspace = company.open()
    write_by_contract(connection, PROFILE, profile_demand(connection, workspace))
    found = connection.execute("select product_id from changed order by all").fetchall()
    once = connection.execute(f"from {PROFILE} order by all").fetchall()
    connection.execute("alter table prior.feat_demand_profile rename to before")
    connection.execute(f"create table prior.feat_demand_profile as from {PROFILE} limit 0")
    write_by_contract(connection, PROFILE, profile_demand(connection, workspace))
    assert connection.execute(f"from {PROFILE} order by all").fetchall() == once
    connection.execute("drop table prior.feat_demand_profile")
    connection.execute("alter table prior.before rename to feat_demand_profile")
    return [item for (item,) in found]


def publish(connection: duckdb.DuckDBPyConnection) -> None:
    """Publish what the night has, and begin the next."""
    for name in ("demand_month", "demand_cleansed", "feat_demand_profile"):
        connection.execute(f"create table prior.now as from features.{name}")
        connection.execute(f"drop table prior.{name}")
        connection.execute(f"alter table prior.now rename to {name}")
    begin(connection, TOMORROW)


def test_a_night_measures_what_has_changed(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    assert measured(night, company) == list(ITEMS)
    publish(night)
    assert measured(night, company) == []

    order(night, "b", 1, 4)
    assert measured(night, company) == ["b"]

    # Another item, and one that is no more in the assortment.
    night.execute("insert into facts.int_product_site values ('new', 's')")
    night.execute("delete from facts.int_product_site where product_id = 'c'")
    publish(night)
    assert measured(night, company) == ["new"]
    known = night.execute(f"select product_id from {PROFILE} order by all").fetchall()
    assert known == [("a",), ("b",), ("never",), ("new",)]


def test_what_is_said_of_today_is_not_of_the_history(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    measured(night, company)
    publish(night)
    night.execute(
        f"update golden.golden_product set discontinued_date = '{TODAY}' where product_id = 'a'"
    )
    assert measured(night, company) == []
    stages = night.execute(f"select product_id, lifecycle_stage from {PROFILE} order by all")
    assert stages.fetchall()[0] == ("a", "end_of_life")


def test_another_week_or_another_setting_changes_all(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    measured(night, company)
    publish(night)
    begin(night, TODAY + timedelta(days=7))
    assert measured(night, company) == list(ITEMS)
    begin(night, TOMORROW)
    assert measured(night, company) == []
    slower = company.configure(
        "workspace.yml",
        ("business_date:", "demand_profile: {half_life_weeks: 52}\nbusiness_date:"),
    )
    assert measured(night, slower) == list(ITEMS)


def test_an_older_week_is_history_only_where_it_is_counted_from_the_start(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    measured(night, company)
    publish(night)
    order(night, "b", 130, 1)
    assert measured(night, company) == ["b"]
    from_start = company.configure(
        "workspace.yml",
        ("business_date:", "demand_profile: {adi_definition: first_period}\nbusiness_date:"),
    )
    measured(night, from_start)
    publish(night)
    order(night, "b", 140, 1)
    assert measured(night, from_start) == list(ITEMS)


def test_demand_that_is_no_more_is_news_as_well(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    measured(night, company)
    publish(night)
    taken_back = LAST - timedelta(weeks=21)
    night.execute(
        "delete from features.demand_cleansed where product_id = 'c' and week_start_date = ?",
        [taken_back],
    )
    assert measured(night, company) == ["c"]
    # A whole month that is gone is no month of tonight.
    night.execute("delete from features.demand_cleansed where week_start_date < '2024-05-01'")
    assert measured(night, company) == ["a", "b", "c"]


def test_whoever_inherits_is_measured_and_whoever_did(
    night: duckdb.DuckDBPyConnection, company: Company
) -> None:
    for item in ("a", "b"):
        night.execute(
            "insert into golden.golden_xref (object_type, namespace, source_key, golden_id)"
            " values ('product', 'north', ?, ?)",
            [item, item],
        )
    measured(night, company)
    publish(night)
    night.execute(
        "insert into staging.stg_product_replacements values ('north', 'a', 'b', 0.5, ?)", [LAST]
    )
    assert measured(night, company) == ["b"]
    publish(night)
    night.execute("update staging.stg_product_replacements set share_rate = 0.25")
    assert measured(night, company) == ["b"]
    publish(night)
    night.execute("delete from staging.stg_product_replacements")
    assert measured(night, company) == ["b"]
    publish(night)
    assert measured(night, company) == []

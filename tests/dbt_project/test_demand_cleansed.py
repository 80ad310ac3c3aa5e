"""Weekly demand and its parts, from delivered rows to cleansed weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.demand_nights import (
    EARLIER,
    EMPTY,
    LATER,
    PROJECT,
    PROMOTED,
    SHORT,
    cleanse,
    day,
    known_on,
    usual,
)

ALL = ("--exclude-resource-type", "unit_test")
DEMAND = (
    *("--select", "+fct_demand_weekly", "+int_cleansing_basis"),
    *("--exclude-resource-type", "unit_test", "test"),
)


def cleansed(night: BuiltNight) -> BuiltNight:
    """Return a built night with its demand cleansed."""
    cleanse(night.file)
    return night


@pytest.fixture(scope="module")
def later(builder: Builder) -> Iterator[duckdb.DuckDBPyConnection]:
    night = builder.build(known_on(LATER), *ALL)
    assert night.has_passed, night.log
    with duckdb.connect(str(cleansed(night).file)) as connection:
        yield connection


def week(connection: duckdb.DuckDBPyConnection, number: int, product: int) -> dict[str, Any]:
    """Return a week of a product by column."""
    found = connection.execute(
        """
        select c.* from features.demand_cleansed as c
        join golden.golden_product as p using (product_id)
        where p.product_code = ? and week_start_date = ?
        """,
        [f"P{product}", day(number)],
    )
    names = [column[0] for column in found.description or []]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


@pytest.mark.requirement("S4.M3.B7")
def test_promotions_and_one_offs_are_taken_out_and_stock_outs_filled_in(
    later: duckdb.DuckDBPyConnection,
) -> None:
    # Raw = baseline + uplift + one-off - lost sales in each period.
    wrong = later.execute(
        "select count(*) from features.demand_cleansed where raw_units"
        " <> baseline_units + promotion_units + one_off_units - lost_units"
    ).fetchone()
    assert wrong == (0,)

    # Planted promotions are removed within 10 %.
    promoted = week(later, PROMOTED, 1)
    assert promoted["is_promotion_week"]
    assert float(promoted["promotion_units"]) == pytest.approx(usual(PROMOTED, 1), rel=0.1)

    # Stock-out periods are imputed upward only.
    short, empty = week(later, SHORT, 2), week(later, EMPTY, 2)
    assert (short["raw_units"], empty["raw_units"]) == (25, 0)
    assert float(short["baseline_units"]) == pytest.approx(usual(SHORT, 2), rel=0.1)
    assert float(empty["baseline_units"]) == pytest.approx(usual(EMPTY, 2), rel=0.1)
    least = later.execute("select min(lost_units) from features.demand_cleansed").fetchone()
    assert least == (0,)
    assert later.execute(
        "select count(*) from features.demand_cleansed where lost_units > 0"
    ).fetchone() == (2,)


def test_a_one_off_is_told_by_its_kind_and_what_comes_back_goes_to_its_week(
    later: duckdb.DuckDBPyConnection,
) -> None:
    project = week(later, PROJECT, 3)
    assert project["raw_units"] == usual(PROJECT, 3) + 400
    assert project["one_off_units"] == 400
    assert project["baseline_units"] == usual(PROJECT, 3)
    returned = week(later, 50, 3)
    assert (returned["demanded_units"], returned["returned_units"]) == (usual(50, 3), 4)
    assert returned["raw_units"] == usual(50, 3) - 4


def test_a_share_of_the_week_was_without_stock(later: duckdb.DuckDBPyConnection) -> None:
    assert week(later, SHORT, 2)["stockout_rate"] == pytest.approx(5 / 7)  # sold on Tuesday
    assert week(later, EMPTY, 2)["stockout_rate"] == 1
    assert week(later, EMPTY + 1, 2)["stockout_rate"] == 0


def test_a_promotion_that_is_only_planned_touches_nothing(
    later: duckdb.DuckDBPyConnection,
) -> None:
    assert later.execute(
        "select distinct promotion_id from features.demand_cleansed where promotion_id is not null"
    ).fetchall() == [("SUMMER",)]


def test_adjustments_are_written_in_the_order_of_their_key(
    later: duckdb.DuckDBPyConnection,
) -> None:
    key = "product_id, site_id, week_start_date"
    written = later.execute(f"select {key} from features.int_demand_adjustments").fetchall()
    assert len(written) > 6
    assert written == sorted(written)


@pytest.mark.parametrize("business_date", [EARLIER, day(EMPTY, 6)])
def test_cleansing_never_uses_what_happened_after_its_day(
    builder: Builder, business_date: date
) -> None:
    """With all that came later on file, rows are those of a history cut at the day, to the bit."""
    whole, known = (
        cleansed(builder.build(known_on(business_date, cut=cut), *DEMAND)).rows(
            "select * from features.demand_cleansed order by all"
        )
        for cut in (False, True)
    )
    assert whole == known
    assert len(known) > 100
    assert max(row[2] for row in known) + timedelta(days=6) <= business_date

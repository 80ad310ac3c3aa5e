"""What customers are worth, against the rows themselves, and decayed as of any day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from statistics import mean, stdev, variance
from typing import Any

import duckdb
import numpy as np
import pytest

from models.decay import INFINITE, Decayed, advanced, decayed_sums, weights
from models.demand.behaviour import decayed_mean
from tests.dbt_project.valued_nights import TODAY, again, by_customer, order_lines

EARLIER = TODAY - timedelta(days=100)
Lines = list[dict[str, Any]]
Customers = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def connection(valued_night: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(valued_night), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def valued(connection: duckdb.DuckDBPyConnection) -> Customers:
    return by_customer(connection)


@cache
def kept(customer: str) -> Lines:
    return [
        {**line, "signed": line["net_amount"] * (-1 if is_return(line) else 1)}
        for line in order_lines()
        if line["customer_id"] == customer and not line.get("is_cancelled", False)
    ]


def is_return(line: dict[str, Any]) -> bool:
    return line.get("transaction_type") == "return"


def age(line: dict[str, Any]) -> int:
    return (TODAY - line["order_date"]).days


def customers() -> list[str]:
    return sorted({line["customer_id"] for line in order_lines()})


def test_recency_frequency_and_money_are_those_of_the_lines(valued: Customers) -> None:
    for name in customers():
        lines, row = kept(name), valued[name]
        sales = [line for line in lines if not is_return(line)]
        recent = [line for line in lines if age(line) < 365]
        orders = {line["order_id"] for line in recent if not is_return(line)}
        assert row["recency_days"] == min(map(age, sales), default=None), name
        assert row["order_count_12m"] == len(orders), name
        revenue = sum(line["signed"] for line in recent)
        assert float(row["revenue_12m_amount"]) == pytest.approx(revenue, abs=1e-6), name
        assert row["sold_12m_amount"] - row["returned_12m_amount"] == row["revenue_12m_amount"]


def test_order_sizes_vary_as_the_sample_does_corrected_for_its_size(valued: Customers) -> None:
    for name in customers():
        sizes: dict[str, float] = {}
        for line in kept(name):
            if age(line) < 365 and not is_return(line):
                sizes[line["order_id"]] = sizes.get(line["order_id"], 0) + line["net_amount"]
        values, row = list(sizes.values()), valued[name]
        if len(values) < 2:
            assert row["order_size_cv_ratio"] is None, name
            continue
        corrected = stdev(values) / mean(values) * (1 + 1 / (4 * len(values)))
        assert row["order_size_cv_ratio"] == pytest.approx(corrected, rel=1e-9, abs=1e-12), name


def test_growth_is_of_the_same_weeks_a_year_apart_by_their_standard_error(
    valued: Customers,
) -> None:
    measured = 0
    for name in customers():
        recent, before = np.zeros(26), np.zeros(26)
        for line in kept(name):
            if age(line) < 182:
                recent[age(line) // 7] += line["signed"]
            elif 364 <= age(line) < 546:
                before[age(line) // 7 - 52] += line["signed"]
        first = max((age(line) for line in kept(name) if not is_return(line)), default=0)
        row = valued[name]
        if first < 545 or before.sum() <= 0:
            assert row["revenue_growth_ratio"] is row["revenue_growth_z_ratio"] is None, name
            continue
        measured += 1
        error = np.sqrt((variance(recent) + variance(before)) / 26)
        wanted = (recent.mean() - before.mean()) / error
        assert row["revenue_growth_z_ratio"] == pytest.approx(wanted, rel=1e-6), name
        assert row["revenue_growth_ratio"] == pytest.approx(recent.mean() / before.mean(), rel=1e-9)
    assert measured > 20


@pytest.mark.requirement("S3.M4.B5")
def test_an_event_counts_half_at_its_half_life_all_without_one_and_sums_move_forward(
    valued_night: Path, valued: Customers
) -> None:
    # An event one half-life old counts 0.5.
    assert valued["HALF_ORDER"]["decayed_order_count"] == pytest.approx(0.5, abs=1e-9)
    assert float(valued["HALF_VALUE"]["decayed_revenue_amount"]) == pytest.approx(50, abs=1e-9)
    assert float(valued["HALF_VALUE"]["decayed_margin_amount"]) == pytest.approx(30, abs=1e-9)
    one_and_old = decayed_mean(np.array([[8.0, *[0.0] * 26], [*[0.0] * 26, 8.0]]), half_life=26)
    assert one_and_old[0] / one_and_old[1] == pytest.approx(0.5, abs=1e-9)

    # An infinite half-life is the plain sum.
    names = ("orders", "revenue", "margin", "returns")
    for_ever = ", ".join(f"{name}_half_life_days = null" for name in names)
    with again(valued_night, f"update night.value_settings set {for_ever}") as connection:
        plain = by_customer(connection)
    for name in customers():
        lines = kept(name)
        revenue = sum(line["signed"] for line in lines)
        assert float(plain[name]["decayed_revenue_amount"]) == pytest.approx(revenue, abs=1e-6)
        orders = {(line["order_id"], line["order_date"]) for line in lines if not is_return(line)}
        assert plain[name]["decayed_order_count"] == len(orders)
    series = np.array([[3.0, 0.0, 7.0, 1.0]])
    assert decayed_mean(series, half_life=INFINITE) == pytest.approx(series.mean(axis=1))

    # What was known on an earlier day, brought forward, equals adding all up anew.
    with again(
        valued_night, f"update night.parameters set business_date = '{EARLIER}'"
    ) as connection:
        before = by_customer(connection)
    for name in customers():
        since = [line for line in kept(name) if line["order_date"] > EARLIER]
        brought = advanced(
            Decayed(value=np.array([float(before[name]["decayed_revenue_amount"])]), day=0),
            decayed_sums(
                np.array([line["signed"] for line in since], dtype=float),
                np.array([100 - age(line) for line in since], dtype=np.int64),
                np.zeros(len(since), dtype=np.int64),
                count=1,
                as_of=100,
                half_life=365,
            ),
            half_life=365,
        )
        # Published amounts have four decimals.
        wanted = float(valued[name]["decayed_revenue_amount"])
        assert brought.value[0] == pytest.approx(wanted, abs=2e-4), name
    _mean_moves_forward()


def _mean_moves_forward() -> None:
    """The decayed mean of weeks is a decayed sum by one of ones: both have the incremental form."""
    sizes = np.random.default_rng(5).uniform(0, 9, (1, 60))
    parts = [
        Decayed(value=values[:, :40] @ weights(np.arange(39, -1, -1), half_life=26), day=39)
        for values in (sizes, np.ones_like(sizes))
    ]
    since = [
        Decayed(value=values[:, 40:] @ weights(np.arange(19, -1, -1), half_life=26), day=59)
        for values in (sizes, np.ones_like(sizes))
    ]
    total, count = (advanced(a, b, half_life=26) for a, b in zip(parts, since, strict=True))
    anew = decayed_mean(sizes, half_life=26)
    assert total.value / count.value == pytest.approx(anew, rel=1e-9)


def test_a_day_of_the_past_sees_what_was_known_on_it(valued_night: Path) -> None:
    """The night of an earlier date over all deliveries equals one over what had come by then."""
    moved = f"update night.parameters set business_date = '{EARLIER}'"
    gone = (
        f"delete from {table} where order_date > date '{EARLIER}'"
        for table in ("raw.order_lines", "facts.fct_order_line")
    )
    with again(valued_night, moved) as connection:
        seen = by_customer(connection)
    with again(valued_night, moved, *gone) as connection:
        assert by_customer(connection) == seen


def test_who_never_bought_and_who_only_sent_back_are_defined(valued: Customers) -> None:
    never, odd = valued["NEVER"], valued["ODD"]
    assert never["order_history_grade"] == odd["order_history_grade"] == "none"
    zeros = ("revenue_12m_amount", "graded_margin_12m_amount", "decayed_margin_amount")
    assert {never[name] for name in zeros} == {0}
    assert never["recency_days"] is never["graded_margin_rate_12m"] is None
    assert (odd["revenue_12m_amount"], odd["returned_12m_amount"]) == (-60, 60)
    assert odd["return_ratio_12m"] is odd["recency_days"] is odd["order_size_mean_amount"] is None
    assert odd["decayed_returned_amount"] == 60
    assert odd["margin_provenance"] == "standard"


def test_no_number_is_nan_or_infinite(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("feat_customer_value", "feat_margin_quality", "feat_service_need"):
        described = connection.execute(f"describe features.{table}").fetchall()
        for column in [name for name, of, *_ in described if of == "DOUBLE"]:
            (odd,) = connection.execute(
                f"select count(*) from features.{table} where not isfinite({column})"
            ).fetchall()[0]
            assert odd == 0, (table, column)

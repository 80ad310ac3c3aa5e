"""The largest of a unit's twelve months, from its order lines, as the mathematics has it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pytest

from models.segmentation.scheme import Scheme
from models.stability.spikes import without_spike
from orchestration.segments.spikes import spikes_of
from tests.orchestration.segments.schemes_of_customers import SIZE
from tests.workspace.small_company import Company
from workspace.schemes import to_scheme

TODAY = date(2026, 6, 15)
# By hand: 12 months of orders, the first a month ago to the day, of which one is large.
MONTHS = (10, 12, 9, 300, 11, 10, 0, 12, 10, 11, 9, 10)


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    company = Company(root=tmp_path).configure("segmentation/customer_size.yml", text=SIZE)
    return to_scheme(company.open().schemes["customer_size"].value)


def test_a_spike_is_the_largest_month_above_the_middle_one_and_leaves_after_a_year(
    scheme: Scheme,
) -> None:
    query = spikes_of(scheme)
    assert query is not None
    with duckdb.connect() as connection:
        connection.execute("create schema night")
        connection.execute("create schema facts")
        connection.execute(
            "create table night.parameters as select ?::date as business_date", [TODAY]
        )
        connection.execute(
            "create table facts.fct_order_line (customer_id varchar, order_date date, "
            "is_cancelled boolean, transaction_type varchar, revenue_amount decimal(18, 4))"
        )
        for ago, amount in enumerate(MONTHS):
            year, month = divmod(12 * 2026 + 5 - ago, 12)
            lines = [("C1", date(year, month + 1, 15), False, Decimal(amount))] if amount else []
            # Neither counts: one is cancelled, one lies a year back to the day.
            lines += [("C1", date(year, month + 1, 14), True, Decimal(9999))]
            connection.executemany(
                "insert into facts.fct_order_line values (?, ?, ?, 'sale', ?)", lines
            )
        connection.execute(
            "insert into facts.fct_order_line values ('C1', '2025-06-15', false, 'sale', 9999)"
        )
        connection.execute(
            "insert into facts.fct_order_line values ('C2', '2026-01-20', false, 'sale', 500)"
        )
        found = {
            unit: (excess, leaves) for unit, excess, leaves in connection.execute(query).fetchall()
        }
    usual = without_spike(np.array(MONTHS, np.float64)[:, None])[0]
    assert found["C1"] == (sum(MONTHS) - usual, date(2027, 3, 15))
    assert found["C1"][0] == 290  # 300 less 10, the middle one of the others
    assert found["C2"] == (500, date(2027, 2, 15))


def test_a_measure_that_is_no_sum_of_months_has_no_spikes(tmp_path: Path) -> None:
    text = SIZE.replace("column: revenue_12m_amount", "column: months_of_history")
    company = Company(root=tmp_path).configure("segmentation/customer_size.yml", text=text)
    assert spikes_of(to_scheme(company.open().schemes["customer_size"].value)) is None

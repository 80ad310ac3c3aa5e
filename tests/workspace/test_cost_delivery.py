"""Pools and freight as they arrive: what cannot be an amount is set aside, with its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.workspace.small_company import DELIVERY, Company, Ingested, opened
from workspace.config.entities import entities
from workspace.ingest.accounts import close_books
from workspace.ingest.landing import land
from workspace.ingest.mapping import fill
from workspace.ingest.meaning import set_aside

FINANCE = """\
  pools:
    path: erp/pools_*.csv
    description: Pools.
    may_be_empty: true
    key: [pool, month]
    columns: {pool: text, month: date, amount: decimal, currency: text, capacity: decimal}
  freight:
    path: erp/freight_*.csv
    description: Freight.
    may_be_empty: true
    key: [charge]
    columns: {charge: text, day: date, order: text, amount: decimal, currency: text}
  rates:
    path: erp/rates_*.csv
    description: Rates.
    key: [currency, day]
    columns: {currency: text, day: date, rate: rate}
mappings:
  - entity: cost_pools
    extract: pools
    columns:
      pool_id: pool
      month_date: month
      cost_amount: amount
      currency_code: currency
      practical_capacity_units: capacity
  - entity: transport_legs
    extract: freight
    columns:
      leg_id: charge
      leg_date: day
      order_id: order
      freight_amount: amount
      currency_code: currency
  - entity: fx_rates
    extract: rates
    columns:
      from_currency_code: currency
      to_currency_code: "'EUR'"
      rate_date: day
      rate: rate
"""
RATES = "currency,day,rate\nUSD,2026-01-10,0.9\n"
POOLS, FREIGHT = "pool,month,amount,currency,capacity\n", "charge,day,order,amount,currency\n"


@contextmanager
def settled(company: Company, *, pools: str = "", freight: str = "") -> Iterator[Ingested]:
    """Ingest a delivery up to where amounts have got their meaning."""
    workspace = company.configure("sources/erp.yml", ("mappings:\n", FINANCE)).open(
        {
            **DELIVERY,
            "erp/pools_1.csv": POOLS + pools,
            "erp/freight_1.csv": FREIGHT + freight,
            "erp/rates_1.csv": RATES,
        }
    )
    with opened(workspace) as connection:
        landed = {
            name: land(connection, workspace, read.value, name)
            for read in workspace.sources.values()
            for name in read.value.extracts
        }
        for entity in entities():
            fill(connection, workspace, entity)
        set_aside(connection, workspace)
        totals = close_books(connection, workspace)
        yield Ingested(connection=connection, landed=landed, totals=totals)


WRONG_POOLS = (
    ("desk,2026-02-01,100,,10", "ROW_NULL", "currency_code"),
    ("desk,2026-03-01,,EUR,10", "ROW_NULL", "cost_amount"),
    ("desk,2026-04-01,-1,EUR,10", "ROW_RANGE", "cost_amount"),
    ("desk,2026-05-01,100,XXQ,10", "ROW_RANGE", "currency_code"),
    ("desk,2026-06-01,100,EUR,-10", "ROW_RANGE", "practical_capacity_units"),
    # of the first of January: the first rate is of the tenth
    ("desk,2026-01-31,100,USD,10", "ROW_RATE", "currency_code"),
    ("desk,2025-12-01,100,CHF,10", "ROW_RATE", "currency_code"),
)
WRONG_FREIGHT = (
    ("T2,2026-02-01,O1,,EUR", "ROW_NULL", "freight_amount"),
    ("T3,2026-02-01,O1,7,", "ROW_NULL", "currency_code"),
    ("T4,2026-01-09,O1,7,USD", "ROW_RATE", "currency_code"),
    ("T5,2026-07-01,O1,7,EUR", "ROW_DATE_FUTURE", "leg_date"),
    ("T6,2026-02-01,O1,-7,EUR", "ROW_RANGE", "freight_amount"),
)


def test_pools_and_freight_without_an_amount_are_set_aside(company: Company) -> None:
    """Freight for an order that nobody knows is sound: it stays unallocated."""
    pools, freight = (
        "\n".join([sound, *(row for row, _, _ in wrong)]) + "\n"
        for sound, wrong in (
            ("rent,2026-02-01,70,USD,", WRONG_POOLS),
            ("T1,2026-01-10,unheard of,7,USD", WRONG_FREIGHT),
        )
    )
    with settled(company, pools=pools, freight=freight) as night:
        assert night.quarantine() == [
            (extract, number, code, column)
            for extract, wrong in (("freight", WRONG_FREIGHT), ("pools", WRONG_POOLS))
            for number, (_, code, column) in enumerate(wrong, start=2)
        ]
        assert night.rows("select pool_id from raw.cost_pools") == [("rent",)]
        assert night.rows("select leg_id from raw.transport_legs") == [("T1",)]

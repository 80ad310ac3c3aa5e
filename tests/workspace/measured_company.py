"""The small company with units, currencies and supply, ingested up to closed books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.workspace.small_company import Company, opened
from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.contract import contract_of
from workspace.ingest.landing import land
from workspace.ingest.mapping import fill
from workspace.ingest.meaning import set_aside
from workspace.ingest.parts.measures import write_measures

WITH_UNITS = """\
system: erp
description: A system whose quantities state their unit.
kind: erp
priority: 1
extracts:
  customers:
    path: erp/customers_*.csv
    description: Customers.
    key: [id]
    columns: {id: text, name: text, country: text}
  sites:
    path: erp/sites_*.csv
    description: Sites, which deliver to each other.
    key: [id]
    columns: {id: text, name: text}
  products:
    path: erp/products_*.csv
    description: Products.
    key: [id]
    columns: {id: text, name: text, base: text, cost: decimal, currency: text}
  orders:
    path: erp/orders_*.csv
    description: Order lines.
    delivery: append
    key: [order, line]
    columns:
      order: text
      line: text
      customer: text
      product: text
      day: date
      units: decimal
      unit: text
      currency: text
  units:
    path: erp/units_*.csv
    description: Conversion factors.
    required: false
    key: [product, unit, size]
    columns: {product: text, unit: text, of: text, size: rate, by: rate, since: date}
  codes:
    path: erp/codes_*.csv
    description: What unit codes mean.
    key: [system, code]
    columns: {system: text, code: text, means: text}
  rates:
    path: erp/rates_*.csv
    description: Exchange rates.
    key: [currency, day]
    columns: {currency: text, day: date, rate: rate}
  stock:
    path: erp/stock_*.csv
    description: Stock.
    required: false
    key: [product, day]
    columns: {product: text, day: date, units: decimal, unit: text}
  purchases:
    path: erp/purchases_*.csv
    description: Purchase order lines.
    required: false
    key: [order]
    columns: {order: text, product: text, day: date, units: decimal, unit: text}
  receipts:
    path: erp/receipts_*.csv
    description: Receipts.
    required: false
    key: [receipt]
    columns: {receipt: text, order: text, day: date, units: decimal, unit: text}
  shipments: {path: erp/shipments_*.csv, description: Shipments., required: false, key: [id],
    columns: {id: text, product: text, day: date, units: decimal, unit: text}}
mappings:
  - entity: customers
    extract: customers
    columns: {customer_id: id, customer_name: name, country_code: country}
  - entity: sites
    extract: sites
    columns: {site_id: id, site_name: name}
  - entity: suppliers
    extract: sites
    columns: {supplier_id: id, supplier_name: name}
  - entity: products
    extract: products
    columns:
      product_id: id
      product_name: name
      base_unit_code: base
      standard_cost_amount: cost
      currency_code: currency
  - entity: unit_conversions
    extract: units
    columns:
      product_id: product
      unit_code: unit
      to_unit_code: of
      numerator: size
      denominator: by
      valid_from: since
  - entity: unit_codes
    extract: codes
    columns: {system_name: system, delivered_code: code, unit_code: means}
  - entity: fx_rates
    extract: rates
    columns:
      from_currency_code: currency
      to_currency_code: "'EUR'"
      rate_date: day
      rate: rate
  - entity: order_lines
    extract: orders
    columns:
      order_id: order
      line_number: line
      transaction_type: "'sale'"
      customer_id: customer
      product_id: product
      site_id: "'S1'"
      order_date: day
      quantity_units: units
      unit_code: unit
      net_amount: units * 2
      currency_code: currency
      is_cancelled: "false"
  - entity: inventory_snapshots
    extract: stock
    columns:
      site_id: "'S1'"
      storage_location_id: "'A'"
      product_id: product
      snapshot_date: day
      on_hand_units: units
      unit_code: unit
  - entity: purchase_order_lines
    extract: purchases
    columns:
      purchase_order_id: order
      line_number: "'1'"
      supplier_id: "'S1'"
      product_id: product
      site_id: "'S1'"
      order_date: day
      ordered_units: units
      unit_code: unit
      is_cancelled: "false"
  - entity: receipts
    extract: receipts
    columns:
      purchase_order_id: order
      line_number: "'1'"
      receipt_number: receipt
      receipt_date: day
      received_units: units
      unit_code: unit
  - {entity: shipment_lines, extract: shipments, columns: {shipment_id: id, line_number: "'1'",
      transaction_type: "'sale'", product_id: product, site_id: "'S1'", shipped_date: day,
      shipped_units: units, unit_code: unit}}
"""
CUSTOMERS = "id,name,country\nC1,Ada,DE\nC2,Bob,gb\n"
PRODUCTS = "id,name,base,cost,currency\nP1,Bolt,ST,1,EUR\nP2,Nut,ST,2,EUR\nP3,Oil,KG,3,EUR\n"
ORDER_HEAD = "order,line,customer,product,day,units,unit,currency\n"
CODES = "system,code,means\nerp,ST,EA\nerp,KAR,CS\n*,KG,KGM\n"
RATES = "currency,day,rate\nUSD,2026-01-01,0.9\n"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A night whose rows without a unit or a rate are set aside."""

    connection: duckdb.DuckDBPyConnection
    aside: int

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def quarantine(self) -> list[tuple]:
        return self.rows("select extract, record_number, code from control.quarantine order by all")

    def detail(self, extract: str, record: int) -> str:
        query = "select detail from control.quarantine where extract = ? and record_number = ?"
        ((detail,),) = self.connection.execute(query, [extract, record]).fetchall()
        return str(detail)


@contextmanager
def settled(company: Company, **delivery: str) -> Iterator[Settled]:
    """Ingest a company whose rows state units; `delivery` gives files by extract."""
    with _settled(company, delivery) as night:
        yield night


@contextmanager
def settled_by_parts(company: Company, **delivery: str) -> Iterator[Settled]:
    """Ingest the same, with parts that know what their records state."""
    with _settled(company, delivery, parts_know=True) as night:
        yield night


@contextmanager
def _settled(
    company: Company, delivery: Mapping[str, str], *, parts_know: bool = False
) -> Iterator[Settled]:
    files = {
        "erp/customers_1.csv": CUSTOMERS,
        "erp/products_1.csv": PRODUCTS,
        "erp/orders_1.csv": ORDER_HEAD + "O1,1,C1,P1,2026-01-05,3,ST,EUR\n",
        "erp/codes_1.csv": CODES,
        "erp/rates_1.csv": RATES,
    } | {f"erp/{extract}_1.csv": text for extract, text in delivery.items()}
    workspace = company.configure("sources/erp.yml", text=WITH_UNITS).open(files)
    with opened(workspace) as connection:
        for name in workspace.sources["erp"].value.extracts:
            land(connection, workspace, workspace.sources["erp"].value, name)
        for entity in entities():
            fill(connection, workspace, entity)
        if parts_know:
            _write_measures(connection, workspace)
        aside = set_aside(connection, workspace)
        close_books(connection, workspace)
        yield Settled(connection=connection, aside=aside)


def _write_measures(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Write beside every part what its records state."""
    source = workspace.sources["erp"].value
    for name, folder in connection.execute("select extract, folder from control.parts").fetchall():
        rows = f"read_parquet('{folder}/rows.parquet')"
        write_measures(connection, contract_of(workspace, source, name), rows, Path(folder))

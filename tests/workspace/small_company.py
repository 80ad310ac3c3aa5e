"""A company of one system and three extracts, written to a folder for one test."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from workspace.config.entities import entities
from workspace.folder import Workspace, open_workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.control import open_books
from workspace.ingest.delivery import settle
from workspace.ingest.landing import Landed, land
from workspace.ingest.mapping import fill
from workspace.ledger.landing import land_ledger
from workspace.night_inputs import land_parameters, land_prior
from workspace.overlays import land_kept_apart
from workspace.releases import previous_release
from workspace.warehouse import connect

BUSINESS_DATE = date(2026, 6, 30)

WORKSPACE = """\
name: small
title: Small Company
reporting_currency: EUR
business_date: 2026-06-30
"""

SOURCE = """\
system: erp
description: A system of customers and their orders.
kind: erp
priority: 1
extracts:
  customers:
    path: erp/customers_*.csv
    description: Customers.
    key: [id]
    columns: {id: text, name: text, created: date}
  sites:
    path: erp/sites_*.csv
    description: Sites.
    key: [id]
    columns: {id: text, name: text}
  products:
    path: erp/products_*.csv
    description: Products.
    key: [id]
    columns: {id: text, name: text}
  orders:
    path: erp/orders_*.csv
    description: Order lines.
    delivery: append
    key: [order, line]
    watermark: day
    columns: {order: text, line: text, customer: text, product: text, day: date, units: decimal}
mappings:
  - entity: customers
    extract: customers
    columns: {customer_id: id, customer_name: name, created_date: created}
  - entity: sites
    extract: sites
    columns: {site_id: id, site_name: name}
  - entity: products
    extract: products
    columns: {product_id: id, product_name: name, base_unit_code: "'EA'"}
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
      net_amount: units * 2
      currency_code: "'EUR'"
      is_cancelled: "false"
"""

SCHEME = """\
scheme: xyz
title: XYZ
description: Classes of variation.
owner: planning
method: {kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}
"""

POLICY = """\
policy: stock
title: Stock
description: Targets.
owner: planning
scheme: xyz
measure: cycle_service_level
source: A test.
defaults: {lead_time_days: 7, ordering_cost_amount: 10, holding_rate: 0.2}
cells: {X: {target: 0.9}, Y: {}, Z: {}}
"""

# In place of `mappings:` in the source: stock at hand, for companies whose nights set policy.
STOCK = """\
  stock:
    path: erp/stock_*.csv
    description: Stock.
    key: [product]
    columns: {product: text, day: date, units: decimal}
mappings:
  - entity: inventory_snapshots
    extract: stock
    columns:
      site_id: "'S1'"
      storage_location_id: "'1'"
      product_id: product
      snapshot_date: day
      on_hand_units: units
"""

CONFIGURATION = {
    "workspace.yml": WORKSPACE,
    "sources/erp.yml": SOURCE,
    "segmentation/xyz.yml": SCHEME,
    "policies/stock.yml": POLICY,
}

DELIVERY = {
    "erp/customers_1.csv": "id,name,created\nC1,Ada,2024-01-01\nC2,Bob,2024-01-02\n",
    "erp/sites_1.csv": "id,name\nS1,Main\n",
    "erp/products_1.csv": "id,name\nP1,Bolt\nP2,Nut\n",
    "erp/orders_1.csv": (
        "order,line,customer,product,day,units\n"
        "O1,1,C1,P1,2026-01-05,3\n"
        "O1,2,C1,P2,2026-01-05,4\n"
        "O2,1,C2,P1,2026-01-06,5\n"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Company:
    """The folder of a small company; files given to `write` replace those of the same name."""

    root: Path
    configuration: dict[str, str] = field(default_factory=lambda: dict(CONFIGURATION))

    def configure(self, file: str, *changes: tuple[str, str], text: str | None = None) -> Company:
        """Change words of a configuration file, or replace it; each must stand there."""
        changed = self.configuration.get(file, "") if text is None else text
        for old, new in changes:
            assert old in changed, old
            changed = changed.replace(old, new, 1)
        return Company(root=self.root, configuration={**self.configuration, file: changed})

    def open(self, delivery: Mapping[str, str | bytes | None] | None = None) -> Workspace:
        """Write configuration and delivery; a file that is None is not delivered."""
        for name, text in self.configuration.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")
        for name, content in {**DELIVERY, **(delivery or {})}.items():
            file = self.root / "inbox" / name
            if content is None:
                file.unlink(missing_ok=True)
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_workspace(self.root)


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """The working database of a night whose ingest is done."""

    connection: duckdb.DuckDBPyConnection
    landed: dict[str, Landed]
    totals: dict[str, int]

    def rows(self, query: str) -> list[tuple]:
        """Return the rows of a query."""
        return self.connection.execute(query).fetchall()

    def quarantine(self) -> list[tuple]:
        """Return extract, record number, code and column of what was set aside."""
        return self.rows(
            "select extract, record_number, code, column_name from control.quarantine order by all"
        )

    def books(self, extract: str) -> list[tuple]:
        """Return file, records, loaded, quarantined, skipped and status of an extract's files."""
        return self.rows(
            f"""
            select file_name, record_count, loaded_count, quarantined_count, skipped_count, status
            from control.raw_extracts where extract = '{extract}' order by file_name
            """
        )


@contextmanager
def opened(
    workspace: Workspace, night: date = BUSINESS_DATE
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a new working database with empty books and the night's parameters."""
    workspace.build.mkdir(exist_ok=True)
    workspace.warehouse.unlink(missing_ok=True)
    with connect(workspace.warehouse) as connection:
        open_books(connection)
        land_parameters(connection, workspace, night)
        land_prior(connection, previous_release(workspace, night))
        settle(connection, workspace, night)
        land_ledger(connection, workspace, None)
        land_kept_apart(connection, workspace.overlays)
        yield connection


@contextmanager
def ingested(workspace: Workspace, night: date = BUSINESS_DATE) -> Iterator[Ingested]:
    """Land every extract, fill every entity that one feeds, and close the books."""
    with opened(workspace, night) as connection:
        landed = {
            name: land(connection, workspace, read.value, name)
            for read in workspace.sources.values()
            for name in read.value.extracts
        }
        sources = [read.value for read in workspace.sources.values()]
        fed = {mapping.entity for source in sources for mapping in source.mappings}
        for entity in (name for name in entities() if name in fed):
            fill(connection, workspace, entity)
        totals = close_books(connection, workspace)
        yield Ingested(connection=connection, landed=landed, totals=totals)


def line_of(text: str, words: str) -> int:
    """Return the number of the first line that holds some words."""
    before = text[: text.index(words)]
    return len(re.findall("\n", before)) + 1

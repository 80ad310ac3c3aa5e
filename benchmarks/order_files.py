"""One ERP's order lines, in files of any number and size, with the contract that reads them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

CUSTOMERS, PRODUCTS, SITES = 50_000, 20_000, 12
TYPES = {
    "VBELN": "varchar", "POSNR": "varchar", "AUART": "varchar", "AUDAT": "date",
    "KUNNR": "varchar", "MATNR": "varchar", "WERKS": "varchar", "VDATU": "date",
    "KWMENG": "decimal(18,4)", "VRKME": "varchar", "NETWR": "decimal(18,4)", "WAERK": "varchar",
    "ABGRU": "varchar",
}  # fmt: skip
LINES = """
    select
        printf('%010d', 4500000000 + i // 5) as VBELN, printf('%06d', 10 * (i % 5 + 1)) as POSNR,
        'TA' as AUART, date '2020-01-01' + cast(i * 2000 // {all_lines} as integer) as AUDAT,
        printf('%010d', hash(i) % {customers}) as KUNNR,
        printf('MAT-%08d', hash(i + 7) % {products}) as MATNR,
        'W' || hash(i + 1) % {sites} as WERKS,
        AUDAT + 4 as VDATU, cast((hash(i + 3) % 100000) / 1000 as decimal(18, 4)) as KWMENG,
        'ST' as VRKME, cast((hash(i + 4) % 1000000) / 100 as decimal(18, 4)) as NETWR,
        'EUR' as WAERK, cast(null as varchar) as ABGRU
    from range({first}, {end}) as numbers (i)
"""
TEXTS = """
    select * replace (
        strftime(AUDAT, '%d.%m.%Y') as AUDAT, strftime(VDATU, '%d.%m.%Y') as VDATU,
        replace(cast(cast(KWMENG as decimal(18, 3)) as varchar), '.', ',') as KWMENG,
        replace(cast(cast(NETWR as decimal(18, 2)) as varchar), '.', ',') as NETWR
    ) from ({lines})
"""
SOURCE = """\
system: erp
description: Order lines of one ERP.
kind: erp
priority: 1
format: {{delimiter: ";", decimal_mark: ",", thousands_mark: ".", date_format: "%d.%m.%Y"}}
extracts:
  customers:
    {{path: erp/customers.csv, description: Customers., key: [id], columns: {{id: text}}}}
  products:
    {{path: erp/products.csv, description: Products., key: [id], columns: {{id: text}}}}
  sites:
    {{path: erp/sites.csv, description: Sites., key: [id], columns: {{id: text}}}}
  lines:
    path: erp/lines_*.{ending}
    description: Order lines.
    delivery: append
    key: [VBELN, POSNR]
    watermark: AUDAT
    format: {{kind: {kind}}}
    columns:
      {{VBELN: text, POSNR: text, AUART: text, AUDAT: date, KUNNR: text, MATNR: text, WERKS: text,
       VDATU: date, KWMENG: decimal, VRKME: text, NETWR: decimal, WAERK: text, ABGRU: text}}
mappings:
  - {{entity: customers, extract: customers, columns: {{customer_id: id, customer_name: id}}}}
  - {{entity: products, extract: products,
     columns: {{product_id: id, product_name: id, base_unit_code: "'ST'"}}}}
  - {{entity: sites, extract: sites, columns: {{site_id: id, site_name: id}}}}
  - entity: order_lines
    extract: lines
    columns:
      order_id: VBELN
      line_number: POSNR
      transaction_type: case when AUART = 'RE' then 'return' when AUART = 'TA' then 'sale' end
      customer_id: KUNNR
      product_id: MATNR
      site_id: WERKS
      order_date: AUDAT
      requested_date: VDATU
      quantity_units: KWMENG
      net_amount: NETWR
      currency_code: WAERK
      is_cancelled: (ABGRU is not null)
"""
SETTINGS = """\
name: bench
title: Benchmark
reporting_currency: EUR
business_date: 2026-06-30
"""


class OrderFiles:
    """A workspace of one ERP, whose order lines are written as `kind`."""

    def __init__(self, root: Path, kind: str, all_lines: int) -> None:
        """Write the configuration and the master data."""
        self.root, self.kind, self.all_lines = root, kind, all_lines
        self.ending = "csv" if kind == "delimited" else "parquet"
        files = {
            "workspace.yml": SETTINGS,
            "sources/erp.yml": SOURCE.format(kind=kind, ending=self.ending),
            "inbox/erp/customers.csv": _ids(f"{n:010d}" for n in range(CUSTOMERS)),
            "inbox/erp/products.csv": _ids(f"MAT-{n:08d}" for n in range(PRODUCTS)),
            "inbox/erp/sites.csv": _ids(f"W{n}" for n in range(SITES)),
        }
        for folder in ("segmentation", "policies"):
            demo = Path(__file__).parent.parent / "data" / "demo" / folder
            files |= {f"{folder}/{file.name}": file.read_text() for file in demo.glob("*.yml")}
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

    def deliver(self, name: str, first: int, count: int) -> Path:
        """Write order lines from a number on; return the file."""
        file = self.root / "inbox" / "erp" / f"lines_{name}.{self.ending}"
        lines = LINES.format(
            all_lines=self.all_lines,
            customers=CUSTOMERS,
            products=PRODUCTS,
            sites=SITES,
            first=first,
            end=first + count,
        )
        if self.kind == "delimited":
            query, options = TEXTS.format(lines=lines), "header, delimiter ';', nullstr ''"
        else:
            query, options = lines, "format parquet"
        duckdb.execute(f"copy ({query}) to '{file}' ({options})")
        return file


def _ids(values: Iterable[str]) -> str:
    return "\n".join(["id", *values, ""])

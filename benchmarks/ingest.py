"""Prints what ingest costs beside DuckDB alone: `python -m benchmarks.ingest`.

Both read the same file of order lines, each in a process of its own, one after the other. DuckDB
alone is given every column's type and writes a table; ingest hashes, archives, counts, checks,
parses, books and writes. Then a night in which 10,000 lines arrive on what is loaded already.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb

from benchmarks.machine import machine
from workspace.config.entities import entities
from workspace.folder import Workspace, open_workspace
from workspace.ingest.accounts import close_books
from workspace.ingest.control import open_books
from workspace.ingest.delivery import settle
from workspace.ingest.landing import land
from workspace.ingest.mapping import fill
from workspace.ingest.meaning import set_aside
from workspace.ledger.landing import land_ledger
from workspace.night_inputs import land_parameters, land_prior
from workspace.table_contract import contract
from workspace.warehouse import connect

LAST_DAY = date(2026, 6, 30)
NIGHT_LINES = 10_000
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


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds of the work itself, and the largest memory of its process in GiB."""

    seconds: float
    memory: float


class Files:
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


def _ids(values: object) -> str:
    return "\n".join(["id", *values, ""])  # type: ignore[misc]  any strings


def ingest(root: Path) -> float:
    """Ingest a workspace as a night does; return the seconds since its files were looked for."""
    workspace = open_workspace(root)
    workspace.build.mkdir(exist_ok=True)
    workspace.warehouse.unlink(missing_ok=True)
    with connect(workspace.warehouse) as connection:
        open_books(connection)
        land_parameters(connection, workspace, LAST_DAY)
        land_prior(connection, None)
        land_ledger(connection, workspace, None)
        contract("control.quarantine")  # a night's process reads all contracts as it starts
        started = time.perf_counter()
        _ingest(connection, workspace)
        return time.perf_counter() - started


def _ingest(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    settle(connection, workspace, LAST_DAY)
    for read in workspace.sources.values():
        for name in read.value.extracts:
            land(connection, workspace, read.value, name)
    for entity in entities():
        fill(connection, workspace, entity)
    set_aside(connection, workspace)
    totals = close_books(connection, workspace)
    if totals["records"] != totals["loaded"]:
        raise SystemExit(f"Every record is sound, but: {totals}")


def alone(file: Path) -> float:
    """Let DuckDB read a file into a table, its types declared; return the seconds."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in TYPES.items())
    read = f"read_parquet('{file}')"
    if file.suffix == ".csv":
        read = (
            f"read_csv('{file}', auto_detect = false, header = true, delim = ';', quote = '\"', "
            f"escape = '\"', new_line = '\\n', dateformat = '%d.%m.%Y', decimal_separator = ',', "
            f"columns = {{{columns}}})"
        )
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        started = time.perf_counter()
        with connect(Path(folder) / "alone.duckdb") as connection:
            connection.execute(f"create table lines as select * from {read}")
            connection.execute("checkpoint")
        return time.perf_counter() - started


def measured(work: str, place: Path) -> Measured:
    """Run `ingest` or `alone` on a path in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--only", work, str(place)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Measured(**json.loads(said))


def compare(kind: str, lines: int, rounds: int, say: Callable[[str], object]) -> None:
    """Print the first load of a file beside DuckDB alone, in alternation."""
    ratios: list[float] = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            file = Files(Path(folder), kind, lines).deliver("all", 0, lines)
            size = file.stat().st_size / 1e6
            first = measured("alone", file)
            ours = measured("ingest", Path(folder))
            second = measured("alone", file)
        floor = (first.seconds + second.seconds) / 2
        ratios.append(ours.seconds / floor)
        say(
            f"{kind}, {lines:,} lines, {size:,.0f} MB, round {number + 1}: ingest "
            f"{ours.seconds:.1f} s, {ours.memory:.2f} GiB; DuckDB alone {floor:.1f} s, "
            f"{first.memory:.2f} GiB; ratio {ratios[-1]:.2f}"
        )
    say(f"{kind}: median ratio {median(ratios):.2f}")


def night(lines: int, say: Callable[[str], object]) -> None:
    """Print a night of 10,000 new lines on lines already loaded, in monthly files."""
    months = 60
    each = lines // months
    with tempfile.TemporaryDirectory() as folder:
        files = Files(Path(folder), "delimited", lines + NIGHT_LINES)
        for month in range(months):
            day = date(2020, 1, 1) + timedelta(days=31 * month)
            files.deliver(f"{day:%Y%m%d}", month * each, each)
        before = measured("ingest", Path(folder))
        again = measured("ingest", Path(folder))
        files.deliver("20260630", months * each, NIGHT_LINES)
        after = measured("ingest", Path(folder))
    say(
        f"on {months * each:,} lines in {months} files: loaded in {before.seconds:.1f} s, "
        f"nothing new {again.seconds:.2f} s, {NIGHT_LINES:,} new lines {after.seconds:.2f} s, "
        f"{after.memory:.2f} GiB"
    )


def main() -> int:
    """Measure, or do one piece of work and print its cost as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", nargs="*", default=["delimited", "parquet"])
    parser.add_argument("--nights", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--only", nargs=2, metavar=("WORK", "PATH"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        work, place = asked.only
        seconds = ingest(Path(place)) if work == "ingest" else alone(Path(place))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        sys.stdout.write(json.dumps({"seconds": seconds, "memory": memory}))
        return 0

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    say(machine())
    for kind in asked.kinds:
        compare(kind, asked.lines, asked.rounds, say)
    for lines in asked.nights:
        night(lines, say)
    return 0


if __name__ == "__main__":
    sys.exit(main())

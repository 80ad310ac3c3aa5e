"""Prints what ingest costs beside DuckDB alone: `python -m benchmarks.ingest`.

Both read the same file of order lines, each in a process of its own, one after the other. DuckDB
alone is given every column's type and writes a table; ingest hashes, archives, counts, checks,
parses, books and writes. Then a night in which 10,000 lines arrive on what is loaded already.
"""

from __future__ import annotations

import argparse
import json
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
from benchmarks.measure import peak_gib
from benchmarks.order_files import TYPES, OrderFiles
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
MONTHS = 60


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds of the work itself, by clock and by processor, and its process' memory in GiB."""

    seconds: float
    processor: float
    memory: float


def ingest(root: Path) -> tuple[float, float]:
    """Ingest a workspace as a night does; return the seconds since its files were looked for.

    They are those of the clock and of the processor, here and below.
    """
    workspace = open_workspace(root)
    workspace.build.mkdir(exist_ok=True)
    workspace.warehouse.unlink(missing_ok=True)
    with connect(workspace.warehouse) as connection:
        open_books(connection)
        land_parameters(connection, workspace, LAST_DAY)
        land_prior(connection, None)
        land_ledger(connection, workspace, None)
        contract("control.quarantine")  # a night's process reads all contracts as it starts
        started, worked = time.perf_counter(), time.process_time()
        _ingest(connection, workspace)
        return time.perf_counter() - started, time.process_time() - worked


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


def alone(file: Path) -> tuple[float, float]:
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
        started, worked = time.perf_counter(), time.process_time()
        with connect(Path(folder) / "alone.duckdb") as connection:
            connection.execute(f"create table lines as select * from {read}")
            connection.execute("checkpoint")
        return time.perf_counter() - started, time.process_time() - worked


def measured(work: str, place: Path) -> Measured:
    """Run `ingest` or `alone` on a path in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--only", work, str(place)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Measured(**json.loads(said))


def compare(kind: str, lines: int, rounds: int, say: Callable[[str], object]) -> None:
    """Print the first load of a file beside DuckDB alone, in alternation."""
    ratios: list[float] = []
    worked: list[float] = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            file = OrderFiles(Path(folder), kind, lines).deliver("all", 0, lines)
            size = file.stat().st_size / 1e6
            first = measured("alone", file)
            ours = measured("ingest", Path(folder))
            second = measured("alone", file)
        floor = (first.seconds + second.seconds) / 2
        ratios.append(ours.seconds / floor)
        worked.append(2 * ours.processor / (first.processor + second.processor))
        say(
            f"{kind}, {lines:,} lines, {size:,.0f} MB, round {number + 1}: ingest "
            f"{ours.seconds:.1f} s, {ours.memory:.2f} GiB; DuckDB alone {floor:.1f} s, "
            f"{first.memory:.2f} GiB; ratio {ratios[-1]:.2f}, of processor time {worked[-1]:.2f}"
        )
    say(f"{kind}: median ratio {median(ratios):.2f}, of processor time {median(worked):.2f}")


def night(lines: int, rounds: int, say: Callable[[str], object]) -> None:
    """Print nights of 10,000 new lines each on lines already loaded, in monthly files."""
    each = lines // MONTHS
    with tempfile.TemporaryDirectory() as folder:
        files = OrderFiles(Path(folder), "delimited", lines + rounds * NIGHT_LINES)
        for month in range(MONTHS):
            day = date(2020, 1, 1) + timedelta(days=31 * month)
            files.deliver(f"{day:%Y%m%d}", month * each, each)
        before = measured("ingest", Path(folder))
        again = [measured("ingest", Path(folder)) for _ in range(rounds)]
        after: list[Measured] = []
        for number in range(rounds):
            day = LAST_DAY - timedelta(days=rounds - number)
            files.deliver(f"{day:%Y%m%d}", lines + number * NIGHT_LINES, NIGHT_LINES)
            after.append(measured("ingest", Path(folder)))
    say(
        f"{MONTHS * each:>12,}{before.seconds:>14.1f}{_middle(again):>14.2f}"
        f"{_middle(after):>14.2f}{median(one.processor for one in after):>14.2f}"
        f"{max(one.memory for one in after):>10.2f}"
    )


def _middle(rounds: list[Measured]) -> float:
    return median(one.seconds for one in rounds)


def main() -> int:
    """Measure, or do one piece of work and print its cost as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", nargs="*", default=["delimited", "parquet"])
    parser.add_argument(
        "--nights", type=int, nargs="*", default=[1_000_000, 10_000_000, 50_000_000]
    )
    parser.add_argument("--only", nargs=2, metavar=("WORK", "PATH"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        work, place = asked.only
        seconds, processor = ingest(Path(place)) if work == "ingest" else alone(Path(place))
        memory = peak_gib()
        found = {"seconds": seconds, "processor": processor, "memory": memory}
        sys.stdout.write(json.dumps(found))
        return 0

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    say(machine())
    for kind in asked.kinds:
        compare(kind, asked.lines, asked.rounds, say)
    if asked.nights:
        say(f"\n{NIGHT_LINES:,} new lines on those loaded from {MONTHS} files, in seconds and GiB")
        names = ("first load", "nothing new", "new lines", "processor")
        say(f"{'lines':>12}" + "".join(f"{name:>14}" for name in names) + f"{'memory':>10}")
    for lines in asked.nights:
        night(lines, asked.rounds, say)
    return 0


if __name__ == "__main__":
    sys.exit(main())

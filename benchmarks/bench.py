"""Prints what a night costs: `python -m benchmarks.bench`, with machine and date.

Every figure is of a whole process in a fresh copy of the code. Nights and the floor under them
alternate, so that a busy machine slows both; compare ratios of one run, not seconds of two.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.anatomy import Parts, anatomy, ingest_seconds, parse_seconds
from benchmarks.checkout import Checkout, Spent, check_out
from benchmarks.machine import machine

BUSINESS_DATE = "2026-06-30"  # the demo's: what its workspace.yml says and its files end with
NEXT_DATE = "2026-07-01"
IMPORTS = (
    ("Python alone", "pass"),
    ("duckdb", "import duckdb"),
    ("polars", "import polars"),
    ("sqlglot", "import sqlglot"),
    ("dagster", "import dagster"),
    ("dbt, in its own process", "import dbt.cli.main"),
    ("dagster_dbt", "import dagster_dbt"),
    ("great_expectations", "import great_expectations"),
)


@dataclass(frozen=True, kw_only=True)
class Floored:
    """The floor as a process, and the seconds of its statement alone."""

    process: Spent
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Round:
    """What one round has measured, in this order."""

    before: Floored
    first: Spent
    first_parts: Parts
    unchanged: Spent
    following: Spent
    following_parts: Parts
    after: Floored

    @property
    def floor(self) -> float:
        """Return the seconds of the floor's statement around this round's nights."""
        return (self.before.seconds + self.after.seconds) / 2

    @property
    def floor_process(self) -> float:
        """Return the wall seconds of the floor's process around this round's nights."""
        return (self.before.process.wall_seconds + self.after.process.wall_seconds) / 2

    @property
    def floor_cpu(self) -> float:
        """Return the CPU seconds of the floor's process around this round's nights."""
        return (self.before.process.cpu_seconds + self.after.process.cpu_seconds) / 2


def measure(folder: Path, inbox: Path, reference: Path) -> Round:
    """Run the floor, the night from nothing, the same again, the next night, and the floor."""
    code = check_out(folder)
    workspace = code.found("measured", reference)
    refresh = ("tierwise", "refresh", "--workspace", workspace, "--inbox", inbox)
    before = _floor(code, inbox)
    first = code.run(*refresh)
    first_parts = anatomy(workspace, first, parse_seconds(folder / "dbt_project"))
    unchanged = code.run(*refresh)
    following = code.run(*refresh, "--as-of", NEXT_DATE)
    return Round(
        before=before,
        first=first,
        first_parts=first_parts,
        unchanged=unchanged,
        following=following,
        following_parts=anatomy(workspace, following, 0.0),
        after=_floor(code, inbox),
    )


def _floor(code: Checkout, inbox: Path) -> Floored:
    process = code.run("python", "-m", "benchmarks.floor", inbox, BUSINESS_DATE)
    return Floored(process=process, seconds=float(process.output.split()[0]))


def _middle(title: str, spent: list[Spent]) -> str:
    """Return one line: the medians of wall, CPU and peak over several processes."""
    wall, cpu = (median(s.wall_seconds for s in spent), median(s.cpu_seconds for s in spent))
    peak = median(s.peak_bytes for s in spent) / 2**20
    return f"{title:<44}{wall:>9.2f} s{cpu:>9.2f} s{peak:>9.0f} MB\n"


def processes(help_: list[Spent], generated: Spent, rounds: list[Round]) -> str:
    """Return the table of whole processes."""
    floors = [floor.process for r in rounds for floor in (r.before, r.after)]
    return "".join(
        [
            f"{'process':<44}{'wall':>11}{'CPU':>11}{'peak':>12}\n",
            _middle("tierwise --help", help_),
            _middle("generate the company", [generated]),
            _middle("night from nothing", [r.first for r in rounds]),
            _middle("second night, nothing new", [r.unchanged for r in rounds]),
            _middle("next night, on the same files", [r.following for r in rounds]),
            _middle("floor: one DuckDB script", floors),
        ]
    )


def ratios(rounds: list[Round]) -> str:
    """Return the table of nights over their floor: the median of the rounds' own ratios."""
    named = {
        "ingest / floor's statement": [ingest_seconds(r.first_parts) / r.floor for r in rounds],
        "night from nothing / floor": [r.first.wall_seconds / r.floor_process for r in rounds],
        "night from nothing / floor, CPU": [r.first.cpu_seconds / r.floor_cpu for r in rounds],
        "next night / floor": [r.following.wall_seconds / r.floor_process for r in rounds],
        "next night / floor, CPU": [r.following.cpu_seconds / r.floor_cpu for r in rounds],
        "nothing new / floor": [r.unchanged.wall_seconds / r.floor_process for r in rounds],
    }
    lines = [
        f"{title:<44}{median(found):>9.1f}    ({min(found):.1f} to {max(found):.1f})\n"
        for title, found in named.items()
    ]
    return f"{'ratio':<44}{'median':>9}\n" + "".join(lines)


def shares(rounds: list[Round]) -> str:
    """Return the table of parts: medians of seconds, and their share of the night."""
    nights = ([r.first_parts for r in rounds], [r.following_parts for r in rounds])
    names = list(dict.fromkeys(part for night in nights for parts in night for part in parts))
    lines = [f"{'part of the night':<44}{'from nothing':>17}{'next night':>17}\n"]
    for name in names:
        cells = []
        for night in nights:
            seconds = median(parts.get(name, 0.0) for parts in night)
            share = median(parts.get(name, 0.0) / sum(parts.values()) for parts in night)
            cells.append(f"{seconds:>9.2f} s{share:>6.0%}")
        lines.append(f"{name:<44}{cells[0]}{cells[1]}\n")
    return "".join(lines)


def imports(code: Checkout) -> str:
    """Return the table of imports, each alone in a fresh process; they share much, so no sum."""
    lines = [f"{'import, alone':<44}{'wall':>11}\n"]
    for title, statement in IMPORTS:
        runs = [code.run("python", "-W", "ignore", "-c", statement) for _ in range(3)]
        lines.append(f"{title:<44}{median(r.wall_seconds for r in runs):>9.2f} s\n")
    return "".join(lines)


def main() -> int:
    """Measure and print; `--order-lines` makes the company larger, `--rounds` the wait longer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--order-lines", type=int, default=150_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tierwise-bench-") as name:
        folder = Path(name)
        _print(f"{machine()}\n{asked.order_lines:,} order lines, median of {asked.rounds}\n\n")
        code = check_out(folder / "code")
        company = folder / "company"
        helps = [code.run("tierwise", "--help") for _ in range(5)]
        generated = code.run(
            *("python", "-m", "data.generator", "--workspace", company),
            *("--order-lines", str(asked.order_lines)),
        )
        rounds = [
            measure(folder / f"round{n}", company / "inbox", company / "reference")
            for n in range(asked.rounds)
        ]
        tables = (processes(helps, generated, rounds), ratios(rounds), shares(rounds))
        _print("\n".join(tables) + "\n" + imports(code))
    return 0


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Many nights in a row, each met by a fault: `python -m benchmarks.soak --minutes 10`.

Two workspaces of one small company get the same deliveries, week by week. The first one's nights
run undisturbed. A fault strikes each night of the second, after which what was served must still
be served and whole; then the night runs again and must publish the first one's release, by id.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.checkout import Checkout, Spent, check_out
from benchmarks.faults import FAULTS, Struck
from benchmarks.machine import machine

FIRST_DAY = date(2026, 5, 31)
ORDER_LINES = 6_000


@dataclass(frozen=True, kw_only=True)
class Twins:
    """The two workspaces, and the inbox that both are delivered from."""

    code: Checkout
    delivered: Path
    calm: Path
    struck: Path

    def deliver(self, day: date) -> None:
        """Deliver the company's files up to a day to both."""
        self.code.run(
            *("python", "-m", "data.generator", "--workspace", self.delivered),
            *("--order-lines", str(ORDER_LINES), "--as-of", day.isoformat()),
        )
        for workspace in (self.calm, self.struck):
            self.restore(workspace)
            for file in (self.delivered / "reference").glob("*.csv"):
                shutil.copy(file, workspace / "reference")

    def restore(self, workspace: Path) -> None:
        """Put the files of an inbox back as they were delivered."""
        shutil.rmtree(workspace / "inbox", ignore_errors=True)
        shutil.copytree(self.delivered / "inbox", workspace / "inbox")

    def refresh(self, workspace: Path, day: date) -> Spent:
        """Run a night undisturbed."""
        return self.code.run(
            *("tierwise", "refresh", "--workspace", workspace, "--as-of", day.isoformat()),
            must_succeed=False,
        )

    def is_whole(self, workspace: Path) -> bool:
        """Say whether a workspace serves a release that verifies."""
        verified = self.code.run("tierwise", "verify", "--workspace", workspace, must_succeed=False)
        return verified.status == 0


def found_twins(folder: Path) -> Twins:
    """Make two workspaces and publish the first release in both."""
    code = check_out(folder / "code")
    delivered = folder / "delivered"
    delivered.mkdir()
    code.run(
        *("python", "-m", "data.generator", "--workspace", delivered),
        *("--order-lines", str(ORDER_LINES), "--as-of", FIRST_DAY.isoformat()),
    )
    calm, struck = (code.found(name, delivered / "reference") for name in ("calm", "struck"))
    twins = Twins(code=code, delivered=delivered, calm=calm, struck=struck)
    twins.deliver(FIRST_DAY)
    for workspace in (calm, struck):
        first = twins.refresh(workspace, FIRST_DAY)
        if first.status:
            raise RuntimeError(f"The first night ended with {first.status}:\n{first.output}")
    return twins


def served(workspace: Path) -> str:
    """Return the release that CURRENT names, or what is wrong with it."""
    pointer = workspace / "CURRENT"
    name = pointer.read_text().strip() if pointer.is_file() else ""
    is_there = name and (workspace / "releases" / name / "manifest.json").is_file()
    return name if is_there else f"nothing ({name or 'no pointer'})"


def strike(twins: Twins, fault_number: int, day: date, random: Random) -> tuple[str, bool]:
    """Run one night of both twins, the second with a fault; return a line and whether all held."""
    twins.deliver(day)
    calm = twins.refresh(twins.calm, day)
    wanted, before = served(twins.calm), served(twins.struck)
    fault, expected = FAULTS[fault_number % len(FAULTS)]
    night = Struck(twins.code, twins.struck, day.isoformat(), calm.wall_seconds)
    status = fault(night, random)
    after = served(twins.struck)
    is_whole = twins.is_whole(twins.struck)
    twins.restore(twins.struck)
    again = twins.refresh(twins.struck, day)
    same = served(twins.struck) == wanted and twins.is_whole(twins.struck)
    wrong = [
        words
        for is_wrong, words in (
            (calm.status != 0, f"the calm night ended with {calm.status}"),
            (status not in expected, "the struck night ended otherwise than it should"),
            (status != 0 and after not in {before, wanted}, f"serves {after}"),
            (not is_whole, "what was served is not whole"),
            (again.status != 0, f"the night again ended with {again.status}"),
            (not same, f"then serves {served(twins.struck)}, not {wanted}"),
        )
        if is_wrong
    ]
    line = f"{day}  {fault.__name__:<24}{status:>6}  {wanted}  {'; '.join(wrong) or 'held'}\n"
    return line, not wrong


def main() -> int:
    """Soak for so many minutes; return 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random, started, failures, nights = Random(asked.seed), time.monotonic(), 0, 0
    _say(
        f"{machine()}\nseed {asked.seed}, {ORDER_LINES:,} order lines, {asked.minutes:g} minutes\n"
    )
    _say(f"\n{'night':<12}{'fault':<24}{'status':>6}  {'release of the calm twin':<25}outcome\n")
    with tempfile.TemporaryDirectory(prefix="tierwise-soak-") as name:
        twins = found_twins(Path(name))
        while time.monotonic() - started < 60 * asked.minutes:
            nights += 1
            day = FIRST_DAY + timedelta(weeks=nights)
            line, has_held = strike(twins, nights - 1, day, random)
            failures += not has_held
            _say(line)
    _say(f"\n{nights} nights, {nights - failures} held, {failures} did not.\n")
    return 1 if failures else 0


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

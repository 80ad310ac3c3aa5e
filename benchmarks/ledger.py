"""Prints what the ledger costs: `python -m benchmarks.ledger`, with machine and date.

A durable append waits for the disk, so the file system matters: the ledger is made in the folder
named, by default where temporary files are. Beside each figure stands what the machine does
without a ledger: the same bytes written and synced, the same bytes hashed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import machine
from workspace.folder import Folder
from workspace.ledger.chain import EMPTY_LEDGER, Event, entry_hash
from workspace.ledger.store import open_ledger, read_ledger
from workspace.ledger.verification import verify


@dataclass
class Watch:
    """Seconds of a block."""

    seconds: float = 0.0


@contextmanager
def _timed() -> Iterator[Watch]:
    watch, began = Watch(), time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - began


def event(number: int) -> Event:
    """Return an event of the size of a steward's decision."""
    return Event(
        kind="row_confirmed",
        actor="steward",
        at="2026-06-30T10:00:00+00:00",
        reason="Checked against the order.",
        subject={
            "system": "erp_north",
            "extract": "order_lines",
            "file_name": "order_lines_2026-06-30.csv",
            "file_sha256": f"{number:064x}",
            "record_number": number,
            "raw_sha256": f"{number:064x}",
            "codes": ["ROW_CHECK"],
            "rivals": [],
        },
    )


def appends(home: Folder, count: int) -> tuple[float, float]:
    """Return durable appends per second, and writes of the same bytes with a sync after each."""
    with open_ledger(home) as ledger, _timed() as recorded:
        for number in range(count):
            ledger.append(event(number))
    with (home.root / "floor").open("wb") as stream, _timed() as written:
        for number in range(count):
            stream.write(event(number).text())
            stream.flush()
            os.fsync(stream.fileno())
    return count / recorded.seconds, count / written.seconds


def verification(home: Folder, count: int) -> tuple[float, float]:
    """Return entries verified per second, and texts of that length hashed per second."""
    head = EMPTY_LEDGER
    with open_ledger(home) as ledger:
        ledger.connection.execute("begin")
        for number in range(1, count + 1):
            text = event(number).text()
            row = (number, head, text.decode(), entry_hash(head, text))
            ledger.connection.execute("insert into entries values (?, ?, ?, ?)", row)
            head = row[3]
        ledger.connection.execute("commit")
    with read_ledger(home) as ledger, _timed() as walked:
        found = verify(ledger, [])
    assert (found.entry_count, found.broken) == (count, None)
    text = event(1).text()
    with _timed() as hashed:
        for _ in range(count):
            hashlib.sha256(text).hexdigest()
    return count / walked.seconds, count / hashed.seconds


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--appends", type=int, default=2_000)
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tierwise-ledger-", dir=asked.folder) as name:
        lines = [machine(), "", f"{'ledger':<44}{'per second':>12}{'floor':>12}{'ratio':>8}"]
        measured = (
            ("durable appends", appends(_home(name, "appends"), asked.appends)),
            ("entries verified", verification(_home(name, "entries"), asked.entries)),
        )
        for title, (own, floor) in measured:
            lines.append(f"{title:<44}{own:>12,.0f}{floor:>12,.0f}{floor / own:>8.1f}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _home(folder: str, name: str) -> Folder:
    root = Path(folder) / name
    root.mkdir()
    return Folder(root=root)


if __name__ == "__main__":
    raise SystemExit(main())

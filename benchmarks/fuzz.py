"""Mutated files for ingest: `python -m benchmarks.fuzz --files 10000`.

Half of the files hold one defect in a known record, which must be found there and nowhere else;
the other half were mutated blindly, and must neither crash ingest nor lose a record. A file that
fails is kept, with the command that makes it again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.fuzzing.blind import mutated
from benchmarks.fuzzing.corpus import DIALECTS, WEIGHTS, Dialect, sound_rows
from benchmarks.fuzzing.judging import Outcome, Reader, open_reader, seed_of
from benchmarks.fuzzing.planted import Planted
from benchmarks.fuzzing.seeded import plant
from benchmarks.machine import machine

BAR_WIDTH = 30


@dataclass(frozen=True, kw_only=True)
class Made:
    """One mutated file."""

    dialect: Dialect
    mutation: str
    data: bytes
    planted: Planted | None = None


def make(seed: int, number: int) -> Made:
    """Make the nth file of a seed."""
    random = Random(seed_of(seed, number))
    dialect = random.choices(DIALECTS, WEIGHTS)[0]
    if random.random() < 0.5:
        planted = plant(random, dialect)
        return Made(dialect=dialect, mutation=planted.defect, data=planted.data, planted=planted)
    data, names = mutated(random, dialect.write(sound_rows(random, dialect)))
    return Made(dialect=dialect, mutation=names, data=data)


def fuzz(reader: Reader, seed: int, numbers: range, kept: Path | None) -> list[str]:
    """Judge files of a seed; return a line for each that breaks a promise."""
    breaches: list[str] = []
    for number in numbers:
        made = make(seed, number)
        outcome = reader.judge(made.dialect, made.data, made.planted)
        _count(reader.seen, made, outcome)
        if outcome.breach is not None:
            breaches.append(_told(made, outcome.breach, seed, number, kept))
        if kept is not None:
            _show(number + 1 - numbers.start, len(numbers), len(breaches))
    return breaches


def _count(seen: Counter[str], made: Made, outcome: Outcome) -> None:
    seen["planted" if made.planted else "blind"] += 1
    seen["records"] += outcome.records
    seen["loaded"] += outcome.loaded
    seen[f"refused {outcome.code}" if outcome.code else "read"] += 1
    for code in outcome.row_codes:
        seen[f"files with {code}"] += 1


def _told(made: Made, breach: str, seed: int, number: int, kept: Path | None) -> str:
    command = f"python -m benchmarks.fuzz --seed {seed} --first {number} --files 1"
    told = f"{made.dialect.name}, {made.mutation}\n  {breach}\n  {command}\n"
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        (kept / f"{seed}_{number}_{made.dialect.name}").write_bytes(made.data)
        (kept / f"{seed}_{number}.txt").write_text(told, encoding="utf-8")
    return told


def _show(done: int, count: int, failed: int) -> None:
    if sys.stderr.isatty() or done % 1_000 == 0 or done == count:
        filled = BAR_WIDTH * done // count
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        sys.stderr.write(f"\r{bar} {done:,} of {count:,} files, {failed} failed")
        sys.stderr.write("\n" if done == count or not sys.stderr.isatty() else "")


def main() -> int:
    """Fuzz so many files; return 1 when any broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path("fuzz-failures"))
    asked = parser.parse_args()
    sys.stdout.write(f"{machine()}\nseed {asked.seed}\n")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tierwise-fuzz-") as name:
        reader = open_reader(Path(name) / "company")
        numbers = range(asked.first, asked.first + asked.files)
        breaches = fuzz(reader, asked.seed, numbers, asked.kept)
    seconds = time.monotonic() - started
    for what, count in sorted(reader.seen.items()):
        sys.stdout.write(f"{what:<32}{count:>10,}\n")
    sys.stdout.write("".join(breaches))
    sys.stdout.write(
        f"{asked.files:,} files in {seconds:.0f} s, {asked.files / seconds:.0f} a second; "
        f"{len(breaches)} failed.\n"
    )
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

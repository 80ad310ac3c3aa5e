"""Progress of a night on standard error: a bar on a terminal, a line per step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def night_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what a night tells its progress to: (step that ran, steps done, steps in all)."""
    console = Console(stderr=True)
    if not console.is_terminal:

        def line(step: str, done: int, total: int) -> None:
            sys.stderr.write(f"  [{done:2d}/{total}] {step}\n")
            sys.stderr.flush()

        yield line
        return
    columns = (
        TextColumn("{task.description:<42}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def advance(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield advance

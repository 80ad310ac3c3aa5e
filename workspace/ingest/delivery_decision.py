"""What a night does with each file of an extract, decided from names, dates and hashes alone.

`decide` is a pure function of the contract, the files found, what the last release read, and the
night's date. The order in which files arrived is no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workspace.config.source_file import Extract
from workspace.ingest.added_files import added
from workspace.ingest.full_files import replaced
from workspace.ingest.planned_files import Delivery, Found, LastRead, reading_order
from workspace.ingest.standing import Standing


def decide(
    system: str,
    name: str,
    extract: Extract,
    *,
    found: Iterable[Found],
    last: Iterable[LastRead],
    night: date,
) -> Delivery:
    """Return what becomes of every file of an extract."""
    standing = Standing.of(system, name, extract, tuple(last), night)
    newest = night - timedelta(days=min(extract.delivery.due_after_days, 0))
    judged = [
        standing.judge(file)
        for file in sorted(found, key=reading_order)
        if file.moment is None or file.moment.date() <= newest
    ]
    return added(standing, judged) if extract.delivery.adds_up else replaced(standing, judged)

"""Append and delta deliveries: every file ever read stays part of the extract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from workspace.ingest.file_sequence import due_dates, last_due, start_of_period
from workspace.ingest.planned_files import READ, Delivery, PlannedFile, reading_order
from workspace.ingest.standing import Standing

# A year mistyped in one name makes every day of centuries a missing one.
MISSING_SHOWN = 100


def added(standing: Standing, judged: Sequence[PlannedFile]) -> Delivery:
    """Return what a night does with files that add up, in reading order."""
    present = {file.name: file for file in judged}
    kept = [
        standing.from_archive(file, "carried_forward" if name in present else "loaded")
        for name, file in standing.good.items()
        if name not in present or present[name].status in ("refused", "waiting")
    ]
    files = _once(standing, [*judged, *kept])
    files += _missing_dates(standing, files)
    if not any(file.status != "superseded" for file in files):
        files.append(standing.absent("", f"No file matches {standing.extract.path}."))
    stand_ins = [
        (file.name, standing.from_archive(before, "carried_forward"))
        for file in judged
        if (before := standing.good.get(file.name))
        and before.is_archived
        and file.status == "loaded"
        and file.sha256 != before.sha256
    ]
    return standing.delivery(files, wrong=_wrong(standing, files), stand_ins=stand_ins)


def _once(standing: Standing, files: Sequence[PlannedFile]) -> list[PlannedFile]:
    """Read bytes that lie there under several names once: as before, else as the first of them."""
    groups: dict[str | None, list[PlannedFile]] = {}
    for file in files:
        groups.setdefault(file.sha256 if file.status in READ else None, []).append(file)
    once = groups.pop(None, [])
    for sha256, same in groups.items():

        def precedence(file: PlannedFile, sha256: str | None = sha256) -> tuple[object, ...]:
            known = standing.good.get(file.name)
            return (known is None or known.sha256 != sha256, reading_order(file))

        first, *others = sorted(same, key=precedence)
        days = [file.delivered_date for file in same if file.delivered_date]
        once.append(replace(first, delivered_date=max(days, default=None)))
        detail = f"The bytes of {first.name}."
        once += [
            replace(file, status="superseded", code="FILE_DUPLICATE", detail=detail)
            for file in others
        ]
    return once


def _missing_dates(standing: Standing, files: Iterable[PlannedFile]) -> list[PlannedFile]:
    """Return an entry for each due date, since the first file there is, that brought no file."""
    every = standing.rules.every
    dates = [f.file_date for f in files if f.file_date and f.status != "waiting"]
    if every is None or not dates:
        return []
    there = {start_of_period(every, day) for day in dates}
    due = due_dates(standing.rules, min(dates), standing.night)
    return [
        standing.absent(
            standing.extract.file_path.named(day), f"No file is dated {day}, one is due.", day
        )
        for day in islice((day for day in due if day not in there), MISSING_SHOWN)
    ]


def _wrong(standing: Standing, files: Sequence[PlannedFile]) -> PlannedFile | None:
    """Return what must not be passed over where the extract is required."""
    refused = [file for file in files if file.status == "refused"]
    lost = [file for file in files if file.status == "missing" and file.sha256]
    absent = [file for file in files if file.status == "missing" and not file.sha256]
    late = [file for file in absent if not _is_excused(standing, file.file_date)]
    waiting = [file for file in files if file.status == "waiting" and not standing.may_stand_in(1)]
    is_empty = not any(file.status in READ for file in files)
    nothing = [file for file in files if file.status in ("waiting", "missing")] if is_empty else []
    return next(iter((*refused, *lost, *late, *waiting, *nothing)), None)


def _is_excused(standing: Standing, day: date | None) -> bool:
    """Tell whether the file of a date may still be late."""
    due = last_due(standing.rules, standing.night)
    if due is None or day is None:
        return False
    return standing.may_stand_in((due - day).days + 1)

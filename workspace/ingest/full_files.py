"""Full deliveries: the newest file replaces all before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workspace.ingest.file_sequence import last_due
from workspace.ingest.planned_files import Delivery, PlannedFile, reading_order
from workspace.ingest.standing import Standing


def replaced(standing: Standing, judged: Sequence[PlannedFile]) -> Delivery:
    """Return what a night does with the files of a full delivery, oldest first."""
    newest = standing.newest
    candidates = [file for file in judged if file.status == "loaded"]
    chosen = candidates[-1] if candidates else None
    if newest and (chosen is None or reading_order(newest) > reading_order(chosen)):
        chosen = standing.from_archive(newest, "carried_forward")
    elif newest and chosen and _is_no_news(standing, chosen, candidates):
        chosen = replace(standing.from_archive(newest, "loaded"), delivered_date=standing.night)
    others = [
        _superseded(f, chosen) if f.status == "loaded" else f
        for f in judged
        if chosen is None or (f.name, f.sha256) != (chosen.name, chosen.sha256)
    ]
    return _settled(standing, chosen, others)


def _is_no_news(standing: Standing, chosen: PlannedFile, candidates: Sequence[PlannedFile]) -> bool:
    """Tell whether the newest file, undated, is the one read before under another name."""
    newest = standing.newest
    if newest is None or chosen.moment or chosen.name == newest.name:
        return False
    rewritten = any(f.name == newest.name and f.sha256 != newest.sha256 for f in candidates)
    return chosen.sha256 == newest.sha256 and newest.is_archived and not rewritten


def _superseded(file: PlannedFile, chosen: PlannedFile | None) -> PlannedFile:
    """Return the plan of a file that is not the newest, and whether it repeats the newest's bytes.

    A later date is news even where the bytes are the same: nothing changed until then.
    """
    if chosen is None or chosen.moment or file.sha256 != chosen.sha256:
        return replace(file, status="superseded")
    detail = f"The bytes of {chosen.name}."
    return replace(file, status="superseded", code="FILE_DUPLICATE", detail=detail)


def _settled(
    standing: Standing, chosen: PlannedFile | None, others: Sequence[PlannedFile]
) -> Delivery:
    """Return the decision, once it is known whether the chosen file is tonight's own."""
    wrong = _wrong(standing, chosen, others)
    newest = standing.newest
    if chosen is None or chosen.status == "missing":
        lost = chosen or standing.absent("", _nothing(standing))
        held = wrong if wrong and wrong.status != "missing" else lost
        return standing.delivery([*others, lost], wrong=held)
    if wrong is None:
        stand_ins = []
        if newest and newest.is_archived and newest.sha256 != chosen.sha256:
            last = standing.from_archive(newest, "carried_forward")
            stand_ins = [(chosen.name, last)] if _stands_in(standing, last) else []
        return standing.delivery([*others, chosen], stand_ins=stand_ins)
    known = standing.good.get(chosen.name)
    if known and known.sha256 == chosen.sha256:
        chosen = replace(chosen, delivered_date=known.delivered_date)
    entry = [wrong] if wrong.status == "missing" else []
    is_refused = wrong.status == "refused" and wrong.code != "FILE_OUT_OF_ORDER"
    if (is_refused and standing.extract.required) or not _stands_in(standing, chosen):
        if chosen.status == "loaded":
            unread = replace(
                chosen, status="superseded", detail="It may not stand in for tonight's."
            )
            entry.append(unread)
        return standing.delivery([*others, *entry], wrong=wrong)
    return standing.delivery([*others, replace(chosen, status="carried_forward")])


def _wrong(
    standing: Standing, chosen: PlannedFile | None, others: Sequence[PlannedFile]
) -> PlannedFile | None:
    """Return why the chosen file is not the one that the night should read; None when it is."""
    newer = [f for f in others if chosen is None or reading_order(f) >= reading_order(chosen)]
    for status in ("refused", "waiting"):
        blocking = [f for f in newer if f.status == status and f.code != "FILE_OUT_OF_ORDER"]
        if blocking:
            return blocking[-1]
    if chosen is not None and chosen.status == "loaded":
        due = last_due(standing.rules, standing.night)
        if due is None or chosen.file_date is None or chosen.file_date >= due:
            return None
        name = standing.extract.file_path.named(due)
        return standing.absent(name, f"The newest file is {chosen.name}.", due)
    late = [f for f in others if f.code == "FILE_OUT_OF_ORDER"]
    return late[-1] if late else standing.absent("", _nothing(standing))


def _nothing(standing: Standing) -> str:
    return f"No file matches {standing.extract.path}."


def _stands_in(standing: Standing, file: PlannedFile) -> bool:
    """Tell whether a file is recent enough to stand in for tonight's."""
    due = last_due(standing.rules, standing.night)
    known = standing.good.get(file.name)
    if due is not None and file.file_date is not None:
        days = (due - file.file_date).days
    else:
        delivered = known.delivered_date if known else file.file_date
        days = (standing.night - (delivered or standing.night)).days
    return standing.may_stand_in(max(days, 1))

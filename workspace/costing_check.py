"""What costing.yml must be true of: what is known of order lines, and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from workspace.config.costing_file import Agreement
from workspace.costing import DRIVERS, LINES, Costing
from workspace.errors import TierwiseError
from workspace.quality_check import CONDITIONS, NUMBERS, check_kind
from workspace.table_contract import contract


def check_costing(costing: Costing, today: date) -> list[TierwiseError]:
    """Return a fault for each equation and condition that cannot be computed of an order line.

    And one for each agreement of a day to come: nobody has agreed yet.
    """
    lines = contract(LINES)
    drivers = tuple(column for column in lines.columns if column.name in DRIVERS)
    known = replace(lines, columns=drivers)
    faults: list[TierwiseError] = []
    for name, activity in costing.activities.items():
        wanted = (("equation", activity.equation, NUMBERS), ("where", activity.where, CONDITIONS))
        for key, text, kinds in wanted:
            try:
                if text is not None:
                    place = costing.document.place(("activities", name, key))
                    check_kind(known, text, kinds, place)
            except TierwiseError as error:
                faults.append(error)
    for path, agreement in _agreements(costing):
        if agreement.approved > today:
            place = costing.document.place((*path, "approved"))
            cause = f"{agreement.approved} is a day to come: what is charged has been agreed."
            faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults


def _agreements(costing: Costing) -> list[tuple[tuple[str, ...], Agreement]]:
    found: list[tuple[tuple[str, ...], Agreement]] = [
        (("activities", name), activity) for name, activity in costing.activities.items()
    ]
    if costing.file is not None:
        single = ("freight", "premium_freight", "credit")
        found += [
            ((name,), agreement)
            for name in single
            if (agreement := getattr(costing.file, name)) is not None
        ]
    return found

"""What calendars.yml names must exist, and every posting must have one business unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace

POSTINGS = "order_lines"
Path = tuple[str | int, ...]


def check_calendars(workspace: Workspace) -> list[TierwiseError]:
    """Return what is wrong between calendars.yml and the systems of the workspace."""
    return [*_unknown(workspace), *_repeated(workspace), *_unassigned(workspace)]


def _unknown(workspace: Workspace) -> Iterator[TierwiseError]:
    """Yield a fault for each name that names nothing."""
    file, document = workspace.calendars.file, workspace.calendars.document
    systems, days = list(workspace.sources), list(file.business_days)
    named: list[tuple[Path, str, list[str], str]] = [
        (("fiscal", name, "business_days"), calendar.business_days, days, "business_days calendar")
        for name, calendar in file.fiscal.items()
    ]
    for at, unit in enumerate(file.business_units):
        path: Path = ("business_units", at)
        named.append(((*path, "fiscal"), unit.fiscal, list(file.fiscal), "fiscal calendar"))
        named += [((*path, "systems"), system, systems, "system") for system in unit.systems]
        named += [((*path, "sites"), site.split(":")[0], systems, "system") for site in unit.sites]
    for at, time in enumerate(file.sites):
        path = ("sites", at)
        named.append(((*path, "site"), time.site.split(":")[0], systems, "system"))
        if time.business_days is not None:
            calendar = time.business_days
            named.append(((*path, "business_days"), calendar, days, "business_days calendar"))
    for place, name, known, kind in named:
        if name not in known:
            cause = f"`{name}` is no {kind}.{suggestion(name, known)}"
            yield TierwiseError("CONFIG_REFERENCE", place=document.place(place), cause=cause)


def _repeated(workspace: Workspace) -> Iterator[TierwiseError]:
    """Yield a fault for each thing that two entries claim: a posting has one business unit."""
    file, document = workspace.calendars.file, workspace.calendars.document
    units = file.business_units
    claimed = {
        ("business_units", "business unit"): [unit.business_unit for unit in units],
        ("business_units", "system"): [name for unit in units for name in unit.systems],
        ("business_units", "site"): [name for unit in units for name in unit.sites],
        ("sites", "site"): [time.site for time in file.sites],
        ("business_days", "country without a subdivision"): [
            days.country
            for days in file.business_days.values()
            if days.country and not days.subdivision
        ],
    }
    for (key, kind), names in claimed.items():
        for name, times in Counter(names).items():
            if times > 1:
                cause = f"The {kind} `{name}` stands in {times} entries of {key}; it has one."
                yield TierwiseError("CONFIG_VALUE", place=document.place((key,)), cause=cause)


def _unassigned(workspace: Workspace) -> Iterator[TierwiseError]:
    """Yield a fault for each system whose postings no business unit takes."""
    calendars = workspace.calendars
    taken = {system for unit in calendars.file.business_units for system in unit.systems}
    posting = {
        mapping.namespace or read.value.system
        for read in workspace.sources.values()
        for mapping in read.value.mappings
        if mapping.entity == POSTINGS
    }
    for system in sorted(posting - taken):
        cause = f"`{system}` delivers {POSTINGS}, but no business unit takes them."
        place = calendars.document.place(("business_units",))
        yield TierwiseError("CONFIG_VALUE", place=place, cause=cause)

"""Who answers for a data element on a day: the steward, the deputy, or whoever is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workspace.config.steward_file import Assignment, StewardFile

# Cases of no one system, and of systems that no business unit holds, are the whole company's.
COMPANY = "company"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who answers for an element: the roles assigned, and the one that is there to act."""

    steward: str
    deputy: str | None
    response_days: int
    routed_to: str
    route_reason: str


@dataclass(frozen=True, kw_only=True)
class Stewards:
    """The assignments of a workspace, asked by element (`table.column` or `table.*`) and day.

    `unit_by_system` is what calendars.yml says of the systems of each business unit.
    """

    file: StewardFile
    unit_by_system: Mapping[str, str]

    def unit_of(self, system: str | None) -> str:
        """Return the business unit that a system's data belong to."""
        return self.unit_by_system.get(system or "", COMPANY)

    @property
    def units(self) -> tuple[str, ...]:
        """Return every business unit, the whole company first."""
        return (COMPANY, *sorted(set(self.unit_by_system.values()) - {COMPANY}))

    def assignment(self, element: str, unit: str, day: date) -> Assignment | None:
        """Return the assignment in force: the most exact pattern, then the unit's own."""
        found = [
            ((exactness(pattern), entry.business_unit is not None), number)
            for number, entry in enumerate(self.file.assignments)
            for pattern in entry.elements
            if covers(pattern, element)
            and entry.business_unit in {None, unit}
            and holds(entry, day)
        ]
        # Of two that are alike the first counts; the configuration's check refuses them.
        best = max(found, key=lambda ranked: (ranked[0], -ranked[1]), default=None)
        return self.file.assignments[best[1]] if best else None

    def owner(self, element: str, unit: str, day: date) -> Owner | None:
        """Return who answers for the element; None where nothing is assigned."""
        entry = self.assignment(element, unit, day)
        if entry is None:
            return None
        routed, reason = entry.steward, "steward"
        if why := self.away(entry.steward, day):
            routed, reason = entry.deputy or "", f"steward {why}"
            if not routed or self.away(routed, day):
                routed, reason = self.file.escalation, f"steward {why}, no deputy there"
        return Owner(
            steward=entry.steward,
            deputy=entry.deputy,
            response_days=entry.response_days,
            routed_to=routed,
            route_reason=reason,
        )

    def away(self, role: str, day: date) -> str | None:
        """Return `left` or `absent` for a role that nobody fills on a day."""
        entry = self.file.roles[role]
        if entry.left_date is not None and day >= entry.left_date:
            return "left"
        if any(absence.first_date <= day <= absence.last_date for absence in entry.absent):
            return "absent"
        return None

    def is_answered(self, element: str, unit: str, day: date) -> bool:
        """Return whether the steward of an element, or the deputy, is there."""
        entry = self.assignment(element, unit, day)
        there = [role for role in (entry.steward, entry.deputy) if role] if entry else []
        return any(self.away(role, day) is None for role in there)


def covers(pattern: str, element: str) -> bool:
    """Return whether a pattern of an assignment speaks of an element."""
    table = element.split(".", 1)[0]
    return pattern in {"*", f"{table}.*", element}


def exactness(pattern: str) -> int:
    """Return 2 for one column, 1 for a table, 0 for all there is."""
    return 0 if pattern == "*" else 1 if pattern.endswith(".*") else 2


def holds(entry: Assignment, day: date) -> bool:
    """Return whether an assignment is in force on a day."""
    return (entry.valid_from or day) <= day and (entry.valid_to is None or day < entry.valid_to)

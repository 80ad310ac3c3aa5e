"""quality/stewards.yml: who answers for which data element, from when, and how fast."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from workspace.config.strict import Strict

Role = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
# `order_lines.net_amount`, `order_lines.*`, or `*` for whatever no other names.
Pattern = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*))$")]


class Absence(Strict):
    """Days on which a role is not filled, both included."""

    first_date: date
    last_date: date

    @model_validator(mode="after")
    def _is_in_order(self) -> Absence:
        if self.last_date < self.first_date:
            raise ValueError("an absence ends before it begins")
        return self


class RoleEntry(Strict):
    """A role that answers for data: a function of the company, not a person's name."""

    title: str
    left_date: date | None = Field(None, description="Day from which nobody fills the role.")
    absent: tuple[Absence, ...] = ()


class Assignment(Strict):
    """Who answers for some elements in a business unit, for some time."""

    elements: tuple[Pattern, ...] = Field(min_length=1)
    business_unit: str | None = Field(
        None, description="Of calendars.yml; none: every unit without its own assignment."
    )
    steward: Role
    deputy: Role | None = None
    response_days: int = Field(5, ge=0, description="Calendar days in which a case is answered.")
    valid_from: date | None = None
    valid_to: date | None = Field(None, description="Day from which it no longer holds.")

    @model_validator(mode="after")
    def _deputy_is_another(self) -> Assignment:
        if self.deputy == self.steward:
            raise ValueError(f"{self.steward} cannot be its own deputy")
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("an assignment ends before it begins")
        return self


class StewardFile(Strict):
    """quality/stewards.yml."""

    escalation: Role = Field(description="Role that a case past its time goes to as well.")
    roles: dict[Role, RoleEntry] = Field(min_length=1)
    assignments: tuple[Assignment, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _roles_exist(self) -> StewardFile:
        named = {a.steward for a in self.assignments} | {a.deputy for a in self.assignments}
        unknown = sorted((named | {self.escalation}) - {None} - set(self.roles), key=str)
        if unknown:
            raise ValueError(f"{', '.join(map(str, unknown))} is not among the roles")
        return self

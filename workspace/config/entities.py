"""The canonical entities: what `raw.*` holds, whatever system delivered it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from workspace.config.code_lists import CODES, CodeList
from workspace.config.file_format import ColumnType
from workspace.config.strict import Strict, load

FOLDER = Path(__file__).parent.parent / "entities"
SQL_TYPES: dict[str, str] = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(18,4)",
    "rate": "decimal(18,8)",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}


class EntityColumn(Strict):
    """One column of an entity."""

    type: ColumnType
    description: str
    required: bool = False
    minimum: float | None = None
    allowed: tuple[str, ...] | None = None
    code_list: CodeList | None = Field(None, description="Agreed list that the code must be of.")
    not_future: bool = False

    @model_validator(mode="before")
    @classmethod
    def _allow_what_is_listed(cls, value: Any) -> Any:
        named = value.get("code_list") if isinstance(value, dict) else None
        return {**value, "allowed": CODES[named]} if named in CODES else value


class Reference(Strict):
    """Columns that must name a row of another entity in the same namespace."""

    columns: tuple[str, ...]
    entity: str


class Entity(Strict):
    """One canonical entity; its rows are unique by namespace and key."""

    entity: str
    description: str
    key: tuple[str, ...]
    columns: dict[str, EntityColumn]
    references: tuple[Reference, ...] = ()
    never_blocks: bool = Field(
        False, description="Whether a night is published although the entity's gates fail."
    )


@cache
def entities() -> dict[str, Entity]:
    """Return all entities by name, those that others refer to first."""
    found = {file.stem: load(Entity, file)[0] for file in sorted(FOLDER.glob("*.yml"))}
    ordered: dict[str, Entity] = {}

    def visit(name: str) -> None:
        if name not in ordered:
            for reference in found[name].references:
                visit(reference.entity)
            ordered[name] = found[name]

    for name in found:
        visit(name)
    return ordered

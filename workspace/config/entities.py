"""The canonical entities: what `raw.*` holds, whatever system delivered it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
    not_future: bool = False


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

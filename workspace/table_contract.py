"""Contracts of published tables, read from the YAML beside each table in dbt_project/models.

A dbt table's contract is enforced by dbt. A table that Python computes is declared there as a
dbt source with the same keys, so that one place describes every public table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workspace.errors import TierwiseError
from workspace.yaml_file import read_yaml

FOLDER = Path(__file__).parent.parent / "dbt_project" / "models"


@dataclass(frozen=True, kw_only=True)
class ContractColumn:
    """One column of a public table; `upstream` is declared for tables that Python computes."""

    name: str
    data_type: str
    description: str
    is_required: bool
    upstream: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TableContract:
    """One table: its schema in the build, grain, key and columns in order."""

    schema: str
    table: str
    description: str
    is_public: bool
    is_python: bool
    key: tuple[str, ...]
    columns: tuple[ContractColumn, ...]

    @property
    def name(self) -> str:
        """Return the qualified name in the build."""
        return f"{self.schema}.{self.table}"


@cache
def contracts() -> dict[str, TableContract]:
    """Return the contracts of all tables by qualified name."""
    found: dict[str, TableContract] = {}
    for file in sorted(FOLDER.rglob("*.yml")):
        document = read_yaml(file).value or {}
        for model in document.get("models", []):
            contract = _contract(model, schema=file.parent.name, is_python=False)
            found[contract.name] = contract
        for source in document.get("sources", []):
            for table in source.get("tables", []):
                contract = _contract(table, schema=source["name"], is_python=True)
                found[contract.name] = contract
    return found


def contract(name: str) -> TableContract:
    """Return one table's contract; raises TABLE_CONTRACT when nothing declares it."""
    if name not in contracts():
        raise TierwiseError("TABLE_CONTRACT", place=name, cause="No contract declares this table.")
    return contracts()[name]


def public_tables() -> list[TableContract]:
    """Return the contracts of the tables that a release holds, by name of the table."""
    return sorted((c for c in contracts().values() if c.is_public), key=lambda c: c.table)


def feature_columns() -> dict[str, str]:
    """Return name and type of every column that a scheme may read: those of `feat_` tables."""
    features = [c for c in public_tables() if c.table.startswith("feat_")]
    return {column.name: column.data_type for c in features for column in c.columns}


def _contract(entry: dict[str, Any], *, schema: str, is_python: bool) -> TableContract:
    meta = _meta(entry)
    return TableContract(
        schema=schema,
        table=entry["name"],
        description=str(entry.get("description", "")).strip(),
        is_public=meta.get("public") == "true",
        is_python=is_python,
        key=tuple(meta.get("key", ())),
        columns=tuple(_column(column) for column in entry.get("columns", [])),
    )


def _column(entry: dict[str, Any]) -> ContractColumn:
    meta = _meta(entry)
    constraints = {constraint["type"] for constraint in entry.get("constraints", [])}
    return ContractColumn(
        name=entry["name"],
        data_type=entry.get("data_type", ""),
        description=str(entry.get("description", "")).strip(),
        is_required=meta.get("required") == "true" or "not_null" in constraints,
        upstream=tuple(meta.get("from", ())),
    )


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry.get("meta", {}), **entry.get("config", {}).get("meta", {})}

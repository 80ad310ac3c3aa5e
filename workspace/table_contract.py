"""Contracts of published tables, read from the YAML beside each table in dbt_project/models.

A dbt table's contract is enforced by dbt. A table that Python computes is declared there as a
dbt source with the same keys, so that one place describes every public table.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from workspace.errors import TierwiseError
from workspace.yaml_file import read_yaml

FOLDER = Path(__file__).parent.parent / "dbt_project" / "models"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How a feature is measured, in words.

    `grade` is the column of the same row that grades the value, or `counted` where it is counted
    and not estimated.
    """

    unit: str
    window: str
    estimator: str
    grade: str


@dataclass(frozen=True, kw_only=True)
class ContractColumn:
    """One column of a public table; `upstream` is declared for tables that Python computes."""

    name: str
    data_type: str
    description: str
    is_required: bool
    upstream: tuple[str, ...]
    measure: Measure | None


@dataclass(frozen=True, kw_only=True)
class TableContract:
    """One table: its schema in the build, grain, key and columns in order.

    A table that is kept by month names the table of its `months`, and the date that a row's month
    is `month_of`.
    """

    schema: str
    table: str
    description: str
    is_public: bool
    is_python: bool
    key: tuple[str, ...]
    columns: tuple[ContractColumn, ...]
    months: str | None = None
    month_of: str | None = None

    @property
    def name(self) -> str:
        """Return the qualified name in the build."""
        return f"{self.schema}.{self.table}"

    def no_rows(self) -> str:
        """Return the query of a table of this shape without rows."""
        columns = ", ".join(f"cast(null as {c.data_type}) as {c.name}" for c in self.columns)
        return f"select {columns} where false"

    def in_order(self, condition: str = "true") -> str:
        """Return the query of its rows in the order of its key, with the columns as declared."""
        columns = ", ".join(column.name for column in self.columns)
        order = ", ".join(f"{column} nulls first" for column in self.key)
        return f"select {columns} from {self.name} where {condition} order by {order}"


@cache
def contracts() -> dict[str, TableContract]:
    """Return the contracts of all tables by qualified name.

    The folder gives the schema; dbt's staging and `internal` tables are not public.
    """
    found: dict[str, TableContract] = {}
    for file in sorted(FOLDER.rglob("*.yml")):
        schema, *inner = file.relative_to(FOLDER).parts[:-1] or ("",)
        document = read_yaml(file).value or {}
        is_public = schema != "staging" and not inner
        for model in document.get("models", []):
            found[f"{schema}.{model['name']}"] = _contract(
                model, schema=schema, is_python=False, is_public=is_public
            )
        for source in document.get("sources", []):
            for table in source["tables"] if source["name"] == schema else []:
                found[f"{schema}.{table['name']}"] = _contract(
                    table, schema=schema, is_python=True, is_public=is_public
                )
    return found


def contract(name: str) -> TableContract:
    """Return one table's contract; raises TABLE_CONTRACT when nothing declares it."""
    if name not in contracts():
        raise TierwiseError("TABLE_CONTRACT", place=name, cause="No contract declares this table.")
    return contracts()[name]


def public_tables() -> list[TableContract]:
    """Return the contracts of the tables that a release holds, by name of the table."""
    return sorted((c for c in contracts().values() if c.is_public), key=lambda c: c.table)


def feature_tables() -> list[TableContract]:
    """Return the contracts of the tables that schemes may read."""
    return [table for table in public_tables() if table.table.startswith("feat_")]


def feature_columns(key: tuple[str, ...] = ("product_id", "site_id")) -> dict[str, str]:
    """Return name and type of every column that a scheme of units with this key may read."""
    tables = [table for table in feature_tables() if table.key == key]
    return {column.name: column.data_type for table in tables for column in table.columns}


def feature_table(key: tuple[str, ...], column: str) -> TableContract:
    """Return the table that has a feature of units with this key."""
    of_key = (table for table in feature_tables() if table.key == key)
    return next(table for table in of_key if column in {c.name for c in table.columns})


def _contract(
    entry: dict[str, Any], *, schema: str, is_python: bool, is_public: bool
) -> TableContract:
    meta = _meta(entry)
    keys = [c["columns"] for c in entry.get("constraints", []) if c["type"] == "primary_key"]
    return TableContract(
        schema=schema,
        table=entry["name"],
        description=str(entry.get("description", "")).strip(),
        is_public=is_public and meta.get("public", "true") == "true",
        is_python=is_python,
        key=tuple(meta.get("key", keys[0] if keys else ())),
        columns=tuple(_column(column) for column in entry.get("columns", [])),
        months=meta.get("months"),
        month_of=meta.get("month_of"),
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
        measure=_measure(meta),
    )


def _measure(meta: dict[str, Any]) -> Measure | None:
    names = [field.name for field in fields(Measure)]
    if not set(names) <= set(meta):
        return None
    return Measure(**{name: str(meta[name]) for name in names})


def _meta(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry.get("meta", {}), **entry.get("config", {}).get("meta", {})}

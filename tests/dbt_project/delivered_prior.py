"""What a night by hand knows of the one before: the tables that sources declare in prior.*."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from workspace.yaml_file import read_yaml

ROOT = Path(__file__).parents[2]
PRIOR = {
    "history_months": "control",
    "golden_xref": "golden",
    "hier_product": "hierarchies",
    "fct_external_signal": "facts",
}


def land_prior(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Create prior.*; what the previous file was not built with is empty."""
    for table, types in declared_sources(ROOT, "prior").items():
        columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
        connection.execute(f"create table prior.{table} ({columns})")
    if previous is None:
        return
    connection.execute(f"attach '{previous}' as previous (read_only)")
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'previous'"
    ).fetchall():
        if PRIOR.get(table) == schema:
            columns = ", ".join(declared_sources(ROOT, "prior")[table])
            connection.execute(
                f"insert into prior.{table} select {columns} from previous.{schema}.{table}"
            )
    connection.execute("detach previous")


def declared_sources(root: Path, schema: str) -> dict[str, dict[str, str]]:
    """Return data types by column of each table that a source declares."""
    tables: dict[str, dict[str, str]] = {}
    for path in (root / "dbt_project/models").rglob("*.yml"):
        document: dict[str, Any] = read_yaml(path).value
        for source in document.get("sources", []):
            if source["name"] == schema:
                for table in source["tables"]:
                    columns = table["columns"]
                    tables[table["name"]] = {c["name"]: c["data_type"] for c in columns}
    return tables

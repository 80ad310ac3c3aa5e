"""What a night by hand knows of the one before: the tables that sources declare in prior.*."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from workspace.table_contract import contract
from workspace.yaml_file import read_yaml

ROOT = Path(__file__).parents[2]
# What Python carries on: whole tables.
CARRIED = {
    **dict.fromkeys(("match_pairs", "match_records", "match_basis", "entity_events"), "golden"),
    **dict.fromkeys(("feat_geo_risk", "feat_demand_profile"), "features"),
}
PRIOR = {
    "history_months": "control",
    "golden_xref": "golden",
    **CARRIED,
    "hier_product": "hierarchies",
    "hier_customer": "hierarchies",
    "hier_customer_node": "hierarchies",
    "hier_customer_member": "hierarchies",
    "fct_external_signal": "facts",
    "fct_demand_month": "facts",
    "fct_demand_weekly": "facts",
    "demand_month": "features",
    "demand_cleansed": "features",
}


def land_prior(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    """Create prior.*; what the previous file was not built with is empty."""
    for table, types in _tables().items():
        columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
        connection.execute(f"create table prior.{table} ({columns})")
    if previous is None:
        return
    # A view belongs to its own file: it is read there.
    with duckdb.connect(str(previous), read_only=True) as before:
        for schema, table in before.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall():
            if PRIOR.get(table) == schema:
                rows = before.sql(f"select {', '.join(_tables()[table])} from {schema}.{table}")
                connection.register("rows_before", rows.to_arrow_table())
                connection.execute(f"insert into prior.{table} from rows_before")


def _tables() -> dict[str, dict[str, str]]:
    """Return data types by column of what dbt declares of prior.*, and of what Python reads."""
    whole = {name: contract(f"{schema}.{name}").columns for name, schema in CARRIED.items()}
    read = {name: {c.name: c.data_type for c in columns} for name, columns in whole.items()}
    return declared_sources(ROOT, "prior") | read


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

"""What a night is a function of: files, configuration, code, business date, previous release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from workspace.archive import sha256_of
from workspace.calendar_tables import land_calendars
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.hierarchy_tables import land_hierarchy_settings
from workspace.ingest.delivery import inputs_hash
from workspace.ingest.parsing import literal
from workspace.ledger.store import ledger_head
from workspace.outside_tables import land_outside_settings
from workspace.releases import Release, digest, previous_release
from workspace.supply_settings import land_supply_settings
from workspace.survivorship import land_survivorship
from workspace.table_contract import contract
from workspace.value_tables import land_value_settings
from workspace.warehouse import create_by_contract, row_count

CODE = Path(__file__).parent.parent
CODE_FOLDERS = ("dbt_project", "expectations", "models", "orchestration", "serving", "workspace")
CODE_ENDINGS = {".py", ".sql", ".yml", ".j2", ".lock"}
NOT_CODE = {"target", "logs", "__pycache__"}

# Tables of the previous release that tonight's are derived from.
PRIOR_TABLES = (
    "golden.golden_xref",
    "golden.match_pairs",
    "golden.match_records",
    "golden.match_basis",
    "golden.entity_events",
    "hierarchies.hier_product",
    "hierarchies.hier_customer",
    "hierarchies.hier_customer_node",
    "hierarchies.hier_customer_member",
    "facts.fct_external_signal",
    "features.feat_geo_risk",
    "facts.fct_demand_month",
    "facts.fct_demand_weekly",
    "features.demand_month",
    "features.demand_cleansed",
    "features.feat_demand_profile",
    "segments.segment_assignment",
    "segments.segment_assignment_history",
    "segments.segment_cut",
    "segments.segment_stability",
    "segments.refresh_calendar",
    "segments.reclass_triggers",
    "segments.segment_evaluation",
    "segments.attribute_substitutes",
    "segments.assignment_exceptions",
    "segments.rule_set_registry",
    "control.extract_history",
    "control.history_months",
    "control.dq_stewardship",
    "control.dq_metric_trust",
)


@dataclass(frozen=True, kw_only=True)
class NightKey:
    """The hashes that make a night; two nights with equal keys give equal tables."""

    business_date: date
    inputs: str
    configuration: str
    code: str
    ledger_head: str
    previous_release_id: str | None

    @property
    def hash(self) -> str:
        """Return one hash over all parts."""
        return digest({**vars(self), "business_date": self.business_date.isoformat()})


def night_key(workspace: Workspace, business_date: date, *, inputs: str | None = None) -> NightKey:
    """Hash everything that tonight's tables depend on; `inputs` where the files are decided."""
    previous = previous_release(workspace, business_date)
    return NightKey(
        business_date=business_date,
        inputs=inputs or inputs_hash(workspace, business_date),
        configuration=digest(
            {
                str(file.relative_to(workspace.root)): sha256_of(file)
                for file in workspace.configuration_files
            }
        ),
        code=code_hash(),
        ledger_head=ledger_head(workspace),
        previous_release_id=previous.release_id if previous else None,
    )


@cache
def code_hash() -> str:
    """Return one hash over the code that tables depend on, and over the versions it runs with."""
    files = [CODE / "requirements.lock"]
    for folder in CODE_FOLDERS:
        files += [
            file
            for file in (CODE / folder).rglob("*")
            if file.suffix in CODE_ENDINGS and not NOT_CODE & set(file.parts)
        ]
    return digest({str(file.relative_to(CODE)): sha256_of(file) for file in sorted(files)})


def land_parameters(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, business_date: date
) -> None:
    """Create night.*: what SQL knows of the workspace's settings and of its calendars.

    They are tables and not dbt variables because a changed variable makes dbt parse all again.
    """
    file = workspace.file
    connection.execute("create schema if not exists night")
    connection.execute(
        f"""
        create or replace table night.parameters as
        select
            date {literal(business_date.isoformat())} as business_date,
            {literal(file.reporting_currency)} as reporting_currency_code,
            {file.week_starts_on} as week_starts_on,
            {file.minimum_receipts} as minimum_receipts,
            {literal(file.demand_profile.adi_definition.value)} as adi_definition,
            {literal(code_hash())} as code_sha256
        """
    )
    rows = ", ".join(
        f"({literal(read.value.system)}, {literal(read.value.kind)}, {read.value.priority})"
        for read in workspace.sources.values()
    )
    connection.execute(
        f"create or replace table night.systems as select * from (values {rows}) "
        "as systems (system, kind, priority)"
    )
    land_calendars(connection, workspace)
    land_outside_settings(connection, file.signals, file.point_of_sale)
    land_value_settings(connection, file.customer_value, file.margins)
    land_hierarchy_settings(connection, workspace.hierarchies.file)
    land_survivorship(connection, workspace.survivorship.file)
    land_supply_settings(connection, workspace.supply.file.delivery)


def land_prior(
    connection: duckdb.DuckDBPyConnection,
    previous: Release | None,
    features: Iterable[str] = (),
) -> dict[str, int]:
    """Create prior.<table>: views of the previous release, or empty tables; return row counts.

    A table or column that the previous release does not have yet is empty or null. `features` are
    tables that tonight's ladders hold values of.
    """
    connection.execute("create schema if not exists prior")
    counts: dict[str, int] = {}
    for name in dict.fromkeys((*PRIOR_TABLES, *features)):
        table = f"prior.{name.split('.')[1]}"
        files = _sound_files(previous, name.split(".")[1]) if previous else []
        if files:
            query = _as_declared(connection, name, files)
            connection.execute(f"create or replace view {table} as {query}")
        else:
            create_by_contract(connection, name)
            connection.execute(f"create or replace table {table} as from {name}")
            connection.execute(f"drop table {name}")
        counts[name.split(".")[1]] = row_count(connection, table)
    return counts


def _sound_files(previous: Release, table: str) -> list[Path]:
    """Return the files of a published table; raises RELEASE_DAMAGED where one is not as published.

    Parquet has no checksum that DuckDB looks at, and what is read here is published once more.
    """
    files = previous.table_files(table)
    for file in files:
        name = str(file.relative_to(previous.folder))
        if previous.manifest["files"].get(name) != sha256_of(file):
            cause = f"{name} is not what was published."
            raise TierwiseError("RELEASE_DAMAGED", place=previous.release_id, cause=cause)
    return files


def _as_declared(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> str:
    """Return the query of a published table with the columns that it has today."""
    read = f"read_parquet([{', '.join(literal(str(file)) for file in files)}])"
    there = connection.execute(f"select column_name from (describe from {read})").fetchall()
    columns = ", ".join(
        f"cast({column.name if (column.name,) in there else 'null'} as {column.data_type})"
        f" as {column.name}"
        for column in contract(name).columns
    )
    return f"select {columns} from {read}"

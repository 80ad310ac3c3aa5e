"""Which delivered records are one object, and what its golden id is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from models.matching.clusters import resolve
from models.matching.declarations import with_separations
from models.matching.registry import register
from orchestration.match_book import BOOKED, book
from orchestration.match_reuse import (
    keys_given_anew,
    remember,
    standing_decisions,
    write_changed,
    write_lapsed,
)
from orchestration.past_shares import write_past_shares
from workspace.folder import Folder
from workspace.matching.incremental import Prior
from workspace.matching.model_file import read_model
from workspace.matching.objects import OBJECTS
from workspace.matching.scoring import Scores, score_records
from workspace.matching.settings import load_match_settings
from workspace.warehouse import one_row, write_by_contract

STAGED = {
    "customer": ("staging.stg_customers", "customer_id"),
    "product": ("staging.stg_products", "product_id"),
    "site": ("staging.stg_sites", "site_id"),
    "supplier": ("staging.stg_suppliers", "supplier_id"),
}
# Where a record was delivered says nothing of what it is, but for records that one delivered
# record stands behind: those are held together by the first of their keys.
PLACE = ("_file", "_record")
# Staging tables are views: they are read once.
DELIVERED = """
    create or replace temp table delivered_{object_type} as select {columns} from {records};
    create or replace temp table together_{object_type} as
    select _file, _record, min(record_key) as together
    from delivered_{object_type} group by _file, _record having count(*) > 1;
"""
# Where scores are kept until they are booked.
SCORED = "matching_scored"
FIELDS = """
    create or replace temp table fields_{object_type} as
    select '{object_type}' as object_type, record_key, cast(to_json(struct_pack({packed}))
        as varchar) as fields
    from delivered_{object_type} left join together_{object_type} using (_file, _record)
"""
# Precedence numbers the records from the one whose system is trusted most.
PLACED = """
    select
        delivered.record_key, delivered._namespace as namespace,
        delivered.{source_key} as source_key, several.together as delivered_record,
        row_number() over (order by systems.priority nulls last, delivered.record_key) as precedence
    from delivered_{object_type} as delivered
    left join together_{object_type} as several using (_file, _record)
    left join night.systems as systems on delivered._system = systems.system
"""
DECLARED = """
    select * exclude (decided_by, decided_at) from control.entity_declarations
    where coalesce(object_type, $object_type) = $object_type
"""


def match_objects(connection: duckdb.DuckDBPyConnection, root: Path) -> list[Scores]:
    """Match the records of every object and write the tables of matching; return the scores.

    `root` is the workspace: its matching.yml and matching/ hold settings and trained models.
    """
    connection.execute(f"create schema if not exists {SCORED}")
    scores = [_match(connection, root, object_type) for object_type in OBJECTS]
    connection.execute(f"drop schema {SCORED} cascade")
    for table, each in BOOKED.items():
        union = " union all by name ".join(f"from {each}_{name}" for name in OBJECTS)
        write_by_contract(connection, table, union)
    write_past_shares(connection)
    return scores


def _match(connection: duckdb.DuckDBPyConnection, root: Path, object_type: str) -> Scores:
    """Score the pairs of one object, then group, name and book its records."""
    scores = _score(connection, root, object_type)
    (day,) = one_row(connection, "select business_date from night.parameters")
    declared = connection.sql(DECLARED, params={"object_type": object_type}).pl()
    prior_xref = _before(connection, "golden_xref", object_type)
    records = with_separations(_placed(connection, object_type), declared, prior_xref, day=day)
    anew = keys_given_anew(connection, object_type)
    write_lapsed(connection, object_type, anew)
    decisions = standing_decisions(connection, object_type, day)
    resolution = resolve(records, connection.sql(f"from {scores.pairs}").pl(), decisions)
    registered = register(
        records.join(resolution.members, on="record_key", how="inner").with_columns(
            is_recycled=pl.col("record_key").is_in(anew["record_key"].to_list())
        ),
        prior_xref,
        _before(connection, "entity_events", object_type),
        declared,
        decisions,
        object_type=object_type,
        day=day,
    )
    remember(connection, object_type)
    book(connection, object_type, scores, registered, resolution)
    return scores


def _score(connection: duckdb.DuckDBPyConnection, root: Path, object_type: str) -> Scores:
    """Score the pairs of one object, of which the release before has what has not changed."""
    declaration = OBJECTS[object_type]
    columns = [name for name in declaration.columns if name not in PLACE]
    _read(connection, object_type, columns)
    packed = ", ".join(f"{name} := {name}" for name in (*columns, "together"))
    connection.execute(FIELDS.format(object_type=object_type, packed=packed))
    write_changed(connection, object_type)
    for table in ("match_pairs", "match_basis"):
        connection.execute(
            f"create or replace temp view {table}_before as "
            f"select * exclude (object_type) from prior.{table} where object_type = '{object_type}'"
        )
    return score_records(
        connection,
        declaration,
        records=f"delivered_{object_type}",
        settings=load_match_settings(root),
        model=read_model(root, object_type),
        prior=Prior(
            pairs="match_pairs_before",
            basis="match_basis_before",
            changed=f"changed_{object_type}",
        ),
        into=f"{SCORED}.pairs",
        basis_into=f"{SCORED}.basis",
        kept=Folder(root=root).landed / "matching" / f"{object_type}.duckdb",
    )


def _read(connection: duckdb.DuckDBPyConnection, object_type: str, columns: Sequence[str]) -> None:
    """Write delivered_<object> and together_<object>: the records, and those delivered as one."""
    records, source_key = STAGED[object_type]
    kept = ("record_key", source_key, "_system", "_namespace", *PLACE, *columns)
    named = {"columns": ", ".join(dict.fromkeys(kept)), "records": records}
    connection.execute(DELIVERED.format(object_type=object_type, **named))


def _placed(connection: duckdb.DuckDBPyConnection, object_type: str) -> pl.DataFrame:
    """Return the records of an object from the one that is trusted most."""
    _, source_key = STAGED[object_type]
    query = PLACED.format(object_type=object_type, source_key=source_key)
    return connection.sql(query).pl()


def _before(connection: duckdb.DuckDBPyConnection, table: str, object_type: str) -> pl.DataFrame:
    """Return what the release before knows of an object."""
    query = f"select * from prior.{table} where object_type = ?"
    return connection.sql(query, params=[object_type]).pl()

"""Which delivered records are one object, and what its golden id is."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from models.matching.clusters import resolve
from models.matching.declarations import with_separations
from orchestration.delivered_records import (
    PLACE,
    STAGED,
    columns_of,
    placed,
    read_records,
)
from orchestration.matching.match_book import BOOKED, book
from orchestration.matching.past_shares import write_past_shares
from orchestration.matching.provisional import TABLE as PROVISIONAL
from orchestration.matching.provisional import preview
from orchestration.matching.reuse import (
    keys_given_anew,
    remember,
    write_changed,
    write_lapsed,
)
from orchestration.matching.standing import standing
from workspace.folder import Folder
from workspace.matching.incremental import Prior
from workspace.matching.model_file import read_model
from workspace.matching.objects import OBJECTS
from workspace.matching.scoring import Scores, score_records
from workspace.matching.settings import load_match_settings
from workspace.warehouse import write_by_contract

# Where scores are kept until they are booked.
SCORED = "matching_scored"
FIELDS = """
    create or replace temp table fields_{object_type} as
    select '{object_type}' as object_type, record_key, cast(to_json(struct_pack({packed}))
        as varchar) as fields
    from delivered_{object_type} left join together_{object_type} using (_file, _record)
"""


def match_objects(connection: duckdb.DuckDBPyConnection, root: Path) -> list[Scores]:
    """Match the records of every object and write the tables of matching; return the scores.

    `root` is the workspace: its matching.yml and matching/ hold settings and trained models.
    """
    connection.execute(f"create schema if not exists {SCORED}")
    scores = [_match(connection, root, object_type) for object_type in OBJECTS]
    connection.execute(f"drop schema {SCORED} cascade")
    for table, each in {**BOOKED, PROVISIONAL: "provisional"}.items():
        union = " union all by name ".join(f"from {each}_{name}" for name in OBJECTS)
        write_by_contract(connection, table, union)
    write_past_shares(connection)
    return scores


def _match(connection: duckdb.DuckDBPyConnection, root: Path, object_type: str) -> Scores:
    """Score the pairs of one object, then group, name and book its records."""
    scores = _score(connection, root, object_type)
    anew = keys_given_anew(connection, object_type)
    write_lapsed(connection, object_type, anew)
    known = standing(connection, object_type)
    delivered = placed(connection, object_type, object_type)
    records = with_separations(delivered, known.declared, known.prior_xref, day=known.day)
    pairs = connection.sql(f"from {scores.pairs}").pl()
    resolution = resolve(records, pairs, known.decisions)
    registered = known.registered(
        records.join(resolution.members, on="record_key", how="inner").with_columns(
            is_recycled=pl.col("record_key").is_in(anew["record_key"].to_list())
        )
    )
    remember(connection, object_type)
    book(connection, object_type, scores, registered, resolution)
    preview(connection, root, known, registered.members, scored=SCORED)
    return scores


def _score(connection: duckdb.DuckDBPyConnection, root: Path, object_type: str) -> Scores:
    """Score the pairs of one object, of which the release before has what has not changed."""
    declaration = OBJECTS[object_type]
    columns = [name for name in declaration.columns if name not in PLACE]
    records, _ = STAGED[object_type]
    read_records(connection, object_type, records, columns_of(object_type, columns))
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

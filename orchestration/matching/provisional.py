"""Which golden ids the records of a firm that is kept apart would bear: a preview, and no more.

All records are matched together as an ordinary night would match them, in frames that are thrown
away but for what they say of the firm's. That costs what a night from nothing costs, for as long as
a firm is kept apart, and leaves tonight's pairs, fillers and ids as they are without it.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from models.matching.clusters import resolve
from orchestration.delivered_records import PLACE, STAGED, columns_of, placed, read_records
from orchestration.matching.standing import Standing
from workspace.given_rows import create_from
from workspace.ingest.keeping_apart import has_rows_apart, rows_apart
from workspace.matching.model_file import read_model
from workspace.matching.objects import OBJECTS
from workspace.matching.scoring import score_records
from workspace.matching.settings import load_match_settings
from workspace.table_contract import contract

TABLE = "golden.match_provisional"
# Of the pairs with a record of the company's own, the strongest one that may be one.
PROVISIONAL = """
    create or replace temp table provisional_{object_type} as
    with sides as (
        select record_key_l as record_key, record_key_r as matched_record_key, * from pairs_of_all
        union all
        select record_key_r as record_key, record_key_l as matched_record_key, * from pairs_of_all
    ),

    members_apart as (
        select members.* from members_of_all as members semi join delivered_apart using (record_key)
    ),

    strongest as (
        select sides.*
        from sides
        join members_apart as apart on apart.record_key = sides.record_key
        anti join members_apart as also on also.record_key = sides.matched_record_key
        where sides.outcome in ('link', 'review')
        qualify row_number() over (
            partition by sides.record_key
            order by sides.outcome, sides.match_weight desc nulls first, sides.matched_record_key
        ) = 1
    )

    select
        '{object_type}' as object_type, apart.namespace, apart.source_key, apart.golden_id,
        known.golden_id is not null as is_known_id,
        coalesce(strongest.outcome, 'none') as outcome,
        strongest.matched_record_key,
        case when strongest.outcome is not null then coalesce(strongest.basis, 'decision') end
            as basis,
        strongest.match_weight, strongest.match_probability, strongest.comparison
    from members_apart as apart
    left join strongest using (record_key)
    left join (select distinct golden_id from known_ids) as known
        on known.golden_id = apart.golden_id
"""
NOBODY = """
    create or replace temp table provisional_{object_type} as select {columns} where false
"""


def preview(
    connection: duckdb.DuckDBPyConnection,
    root: Path,
    known: Standing,
    members: pl.DataFrame,
    *,
    scored: str,
) -> None:
    """Write provisional_<object>: the rows of match_provisional.

    `members` are the company's own records with their golden ids. Reads delivered_<object>;
    `scored` is a schema for scores on the way.
    """
    object_type = known.object_type
    apart = _records_apart(connection, object_type)
    if apart is None:
        connection.execute(NOBODY.format(object_type=object_type, columns=_columns()))
        return
    create_from(connection, "delivered_apart", apart, is_temporary=True)
    both = f"(from delivered_{object_type} union all by name from delivered_apart)"
    read_records(connection, "all", both, "*")
    scores = score_records(
        connection,
        OBJECTS[object_type],
        records="delivered_all",
        settings=load_match_settings(root),
        model=read_model(root, object_type),
        prior=None,
        into=f"{scored}.pairs_of_all",
        basis_into=f"{scored}.basis_of_all",
    )
    records = placed(connection, "all", object_type)
    found = resolve(records, connection.sql(f"from {scores.pairs}").pl(), known.decisions)
    every = known.registered(records.join(found.members, on="record_key", how="inner"))
    create_from(connection, "pairs_of_all", found.pairs, is_temporary=True)
    create_from(connection, "members_of_all", every.members, is_temporary=True)
    create_from(connection, "known_ids", members.select("golden_id"), is_temporary=True)
    connection.execute(PROVISIONAL.format(object_type=object_type))


def _records_apart(connection: duckdb.DuckDBPyConnection, object_type: str) -> pa.Table | None:
    """Return the records of an object that are kept apart, as staging would have them, if any."""
    entity = f"{object_type}s"
    if not has_rows_apart(connection, entity):
        return None
    compared = [name for name in OBJECTS[object_type].columns if name not in PLACE]
    staged, _ = STAGED[object_type]
    query = f"select {columns_of(object_type, compared)} from {staged}"
    found = rows_apart(connection, entity, query)
    return found if found.num_rows else None


def _columns() -> str:
    """Return typed nulls for the columns of match_provisional."""
    return ", ".join(f"cast(null as {c.data_type}) as {c.name}" for c in contract(TABLE).columns)

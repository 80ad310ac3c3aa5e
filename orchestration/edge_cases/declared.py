"""Exceptions that people have declared: the units that each is of tonight."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from models.segmentation.conditions import check_condition
from workspace.config.exception_file import DeclaredException
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.parsing import literal
from workspace.schemes import to_scheme
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

DECLARED = """
    create or replace temp table declared (
        scheme_id varchar, unit_type varchar, unit_id varchar, exception_id varchar,
        exception_class varchar, interim_segment_id varchar, owner varchar, reason varchar,
        since_date date, expires_date date, turn integer
    )
"""
# The golden ids that a part of a name stands for: itself, or what a source calls by it.
KNOWN = """
    select {column} as part, {column} as golden_id from {universe}
    union
    select source_key as part, golden_id
    from golden.golden_xref where object_type = {object_type} and valid_to is null
"""
# Of two exceptions of one unit and scheme the one that is written first.
FIRST = """
    delete from declared as later
    where exists (
        select 1 from declared as earlier
        where
            earlier.scheme_id = later.scheme_id and earlier.unit_id = later.unit_id
            and earlier.turn < later.turn
    )
"""


def in_force(workspace: Workspace, today: date) -> list[tuple[int, DeclaredException]]:
    """Return the exceptions that hold on a day, each with its place in the file."""
    declared = workspace.edge_cases.exceptions.declared
    return [(n, each) for n, each in enumerate(declared) if each.since <= today <= each.until]


def lay_out_declared(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> dict[str, list[str]]:
    """Create the table `declared`: a unit of an exception a row.

    Return by exception the names that are of no unit, or of several: these are not applied.
    """
    connection.execute(DECLARED)
    today: date = one_row(connection, "select business_date from night.parameters")[0]
    unknown: dict[str, list[str]] = {}
    for turn, each in in_force(workspace, today):
        unit = to_scheme(workspace.schemes[each.scheme].value).unit
        kind = UNIT_KINDS[unit]
        if each.when is None:
            units, strange = _named(connection, each, unit)
            if strange:
                unknown[each.exception] = strange
        else:
            condition = check_condition(each.when, columns=feature_columns(kind.key)).sql
            units = (
                f"select {unit_key(kind.key, 'f')} as unit_id from {unit}_trusted as f "
                f"where {condition}"
            )
        connection.execute(
            f"""
            insert into declared by name
            select
                unit_id, ? as scheme_id, ? as unit_type, ? as exception_id, ? as exception_class,
                ? as interim_segment_id, ? as owner, ? as reason, ? as since_date,
                ? as expires_date, ? as turn
            from ({units})
            """,
            [
                *(each.scheme, unit, each.exception, each.exception_class, each.segment),
                *(each.owner, each.reason, each.since, each.until, turn),
            ],
        )
    connection.execute(FIRST)
    return unknown


def _named(
    connection: duckdb.DuckDBPyConnection, each: DeclaredException, unit: str
) -> tuple[str, list[str]]:
    """Return the query of the units that an exception names, and the names that are of no one."""
    kind = UNIT_KINDS[unit]
    names = arrow_table({"name": pa.string()}, [(name,) for name in each.units])
    connection.register("given_names", names)
    parts = [
        f"join ({KNOWN.format(column=c, universe=kind.universe, object_type=literal(_object(c)))}) "
        f"as k{n} on k{n}.part = split_part(g.name, '@', {n})"
        for n, c in enumerate(kind.key, start=1)
    ]
    agree = " and ".join(f"u.{c} = k{n}.golden_id" for n, c in enumerate(kind.key, start=1))
    connection.execute(
        f"""
        create or replace temp table named_units as
        select g.name, {unit_key(kind.key, "u")} as unit_id
        from given_names as g {" ".join(parts)} join {kind.universe} as u on {agree}
        """
    )
    found = connection.execute(
        "select name, count(distinct unit_id) as units from given_names "
        "left join named_units using (name) group by name having units <> 1 order by name"
    ).fetchall()
    connection.unregister("given_names")
    strange = [f"{name} is {'no unit' if not n else f'{n} units'}" for name, n in found]
    single = (
        "select distinct unit_id from named_units where name in "
        "(select name from named_units group by name having count(distinct unit_id) = 1)"
    )
    return single, strange


def _object(column: str) -> str:
    return column.removesuffix("_id")

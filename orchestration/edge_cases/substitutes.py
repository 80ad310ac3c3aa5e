"""What stands in tonight for values that are missing or too old, found once for all schemes.

One row for each unit and feature with a ladder whose value is missing, or older than its limit. A
row also carries what was known last, so that a value can be held over nights on which nobody
knows it: the night before a value went missing, it stood in the features of that release.
"""

from __future__ import annotations

from datetime import date

import duckdb

from orchestration.edge_cases.last_known import last_known
from orchestration.edge_cases.rungs import WrittenRung, written
from orchestration.segments.unit_features import (
    SUBSTITUTES,
    doubt,
    lay_out_features,
    lay_out_trusted,
)
from workspace.config.fallback_file import AttributeLadder, ColumnRung, HoldLastRung, InferRung
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.table_contract import contract, feature_columns, feature_table
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

WANTING = """
    select
        {unit} as unit_type, i.*, {business_date} as business_date,
        case when i.{column} is null then 'MISSING' else 'AGED' end as reason,
        coalesce(before.since_date, {business_date}) as since_date,
        {last_value} as last_known_value,
        {last_date} as last_known_date
    from ladder_inputs as i
    left join prior.attribute_substitutes as before
        on
            before.unit_type = {unit} and before.column_name = {column_name}
            and before.unit_id = i.unit_id
    {released}
    where i.{column} is null or {is_aged}
"""
STANDING_IN = """
    with wanting as ({wanting}),

    climbed as (
        select w.*, {values}
        from wanting as w
        {joins}
    ),

    chosen as (
        select
            climbed.*,
            cast(case {rungs} end as integer) as rung_number
        from climbed
    ),

    final as (
        select
            w.unit_type, w.unit_id, {column_name} as column_name, w.reason, w.rung_number,
            coalesce(case w.rung_number {kinds} end, 'none') as kind,
            cast(case w.rung_number {chosen} end as varchar) as value,
            case w.rung_number {days} end as value_date,
            w.since_date,
            cast(case w.rung_number {confidences} end as double) as confidence_rate,
            cast(case w.rung_number {segments} end as varchar) as interim_segment_id,
            cast(w.last_known_value as varchar) as last_known_value,
            w.last_known_date
        from chosen as w
    )

    select * from final
"""


def substitutes(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Climb every ladder for every unit that needs it; return attribute_substitutes' query."""
    stated = workspace.edge_cases.fallbacks.attributes
    today: date = one_row(connection, "select business_date from night.parameters")[0]
    connection.execute(
        f"create or replace temp table standing_in as {contract(SUBSTITUTES).no_rows()}"
    )
    if stated:
        doubt(connection)
    for unit in sorted({each.unit for each in stated}):
        of_unit = [each for each in stated if each.unit == unit]
        _lay_out_inputs(connection, unit, of_unit)
        aged = {each.column: _aged(connection, each, today) for each in of_unit if each.age}
        for each in of_unit:
            query = _standing_in(connection, each, today, aged)
            connection.execute(f"insert into standing_in by name {query}")
    return "select * from standing_in"


def carried_features(workspace: Workspace) -> tuple[str, ...]:
    """Return the feature tables of which the night must know the release before."""
    held = {
        feature_table(UNIT_KINDS[each.unit].key, each.column).name
        for each in workspace.edge_cases.fallbacks.attributes
        if _is_held(each)
    }
    return tuple(sorted(held))


def _is_held(stated: AttributeLadder) -> bool:
    return any(isinstance(rung, HoldLastRung) for rung in stated.ladder)


def _lay_out_inputs(
    connection: duckdb.DuckDBPyConnection, unit: str, stated: list[AttributeLadder]
) -> None:
    """Create the table of all that the ladders of a kind of unit read, as trusted."""
    lay_out_features(connection, unit)
    lay_out_trusted(connection, unit)
    columns: dict[str, None] = {}
    for each in stated:
        columns[each.column] = None
        if each.age and each.age.date:
            columns[each.age.date] = None
        for rung in each.ladder:
            if isinstance(rung, ColumnRung):
                columns[rung.column] = None
            if isinstance(rung, InferRung):
                columns |= dict.fromkeys(rung.within)
    connection.execute(
        f"create or replace temp table ladder_inputs as "
        f"select {unit_key(UNIT_KINDS[unit].key, 'f')} as unit_id, {', '.join(columns)} "
        f"from {unit}_sound as f"
    )


def _day_of(connection: duckdb.DuckDBPyConnection, stated: AttributeLadder) -> str:
    """Write the day of a value: that of the unit, or the watermark of its source."""
    assert stated.age is not None
    if stated.age.date is not None:
        return "cast({of}." + stated.age.date + " as date)"
    system, extract = str(stated.age.source).split(".")
    found = connection.execute(
        "select watermark_date from control.source_freshness where system = ? and extract = ?",
        [system, extract],
    ).fetchall()
    day = found[0][0] if found else None
    return "cast(null as date)" if day is None else f"date {literal(day.isoformat())}"


def _aged(connection: duckdb.DuckDBPyConnection, stated: AttributeLadder, today: date) -> str:
    """Write when a value of a feature is too old; one of an unknown day is."""
    assert stated.age is not None
    day = _day_of(connection, stated)
    limit = f"date {literal(today.isoformat())} - {stated.age.limit_days}"
    return f"coalesce({day} < {limit}, true)"


def _standing_in(
    connection: duckdb.DuckDBPyConnection,
    stated: AttributeLadder,
    today: date,
    aged: dict[str, str],
) -> str:
    """Write the query of what stands in for one feature."""
    data_type = feature_columns(UNIT_KINDS[stated.unit].key)[stated.column]
    rungs = [
        written(rung, number, stated, data_type, aged)
        for number, rung in enumerate(stated.ladder, start=1)
    ]

    def by_rung(values: list[str]) -> str:
        return " ".join(f"when {number} then {v}" for number, v in enumerate(values, start=1))

    return STANDING_IN.format(
        wanting=_wanting(connection, stated, today, aged.get(stated.column), data_type),
        values=", ".join(f"{rung.value} as rung_{n}" for n, rung in enumerate(rungs, start=1)),
        joins=" ".join(rung.join for rung in rungs),
        rungs=" ".join(_applies(rung, number) for number, rung in enumerate(rungs, start=1)),
        column_name=literal(stated.column),
        kinds=by_rung([literal(rung.kind) for rung in rungs]),
        chosen=by_rung([f"w.rung_{number}" for number in range(1, len(rungs) + 1)]),
        days=by_rung([rung.day for rung in rungs]),
        confidences=by_rung([str(rung.confidence or 0) for rung in rungs]),
        segments=by_rung([literal(r.segment) if r.segment else "null" for r in rungs]),
    )


def _applies(rung: WrittenRung, number: int) -> str:
    """Write the branch of a rung: it applies where it has a value; an exclusion always does."""
    return f"when {'true' if rung.segment else f'rung_{number} is not null'} then {number}"


def _wanting(
    connection: duckdb.DuckDBPyConnection,
    stated: AttributeLadder,
    today: date,
    aged: str | None,
    data_type: str,
) -> str:
    """Write the query of the units that need a substitute, with what was known of them last."""
    night = f"date {literal(today.isoformat())}"
    value, day, released = f"cast(null as {data_type})", "cast(null as date)", ""
    if _is_held(stated):
        own_day = _day_of(connection, stated).format(of="i") if stated.age else night
        value, day, released = last_known(connection, stated, own_day, data_type)
    return WANTING.format(
        unit=literal(stated.unit),
        column=stated.column,
        column_name=literal(stated.column),
        business_date=night,
        last_value=value,
        last_date=day,
        released=released,
        is_aged=aged.format(of="i") if aged else "false",
    )

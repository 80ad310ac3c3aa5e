"""How old, how complete and how final the delivered data of each extract are."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.ingest.extract_history import register_contracts, share, write_history
from workspace.ingest.parsing import identifier
from workspace.ingest.planned_files import READ
from workspace.warehouse import one_row, write_by_contract

CHANGES = pa.schema({"system": pa.string(), "extract": pa.string(), "changed_rate": pa.float64()})


def write_freshness(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Write control.extract_history and control.source_freshness.

    Reads control.raw_extracts, control.watermarks (system, extract, watermark_date),
    the night's delivery plan, and where a contract limits changes, the extract's typed rows.
    """
    write_history(connection, workspace)
    register_contracts(connection, workspace)
    connection.register("_changes", _changes(connection, workspace))
    write_by_contract(connection, "control.source_freshness", _FRESHNESS)
    connection.unregister("_changes")
    connection.unregister("_delivery_contracts")


def _changes(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> pa.Table:
    """Measure the share of records that changed since the release before, where it is limited."""
    rows = [
        {
            "system": read.value.system,
            "extract": name,
            "changed_rate": _changed_rate(connection, read.value.system, name, extract.watermark)
            if not extract.delivery.adds_up
            else _added_rate(connection, read.value.system, name),
        }
        for read in workspace.sources.values()
        for name, extract in read.value.extracts.items()
        if extract.delivery.maximum_changed_share is not None
    ]
    return pa.Table.from_pylist(rows, schema=CHANGES)


def _changed_rate(
    connection: duckdb.DuckDBPyConnection, system: str, name: str, watermark: str | None
) -> float | None:
    """Return the share of rows dated after the release before, by the watermark column."""
    (since,) = one_row(connection, "select max(business_date) from prior.extract_history")
    if watermark is None or since is None:
        return None
    changed, all_rows = one_row(
        connection,
        f"select count(*) filter (where cast({identifier(watermark)} as date) > ?), count(*) "
        f"from {table_of(system, name)}",
        [since],
    )
    return share(changed, all_rows)


def _added_rate(connection: duckdb.DuckDBPyConnection, system: str, name: str) -> float | None:
    """Return the share of records that tonight's new files added."""
    added, all_records = one_row(
        connection,
        "select new_record_count, record_count from control.extract_history "
        "cross join night.parameters as p "
        "where system = ? and extract = ? and extract_history.business_date = p.business_date",
        [system, name],
    )
    return None if added is None else share(added, all_records)


_FRESHNESS = f"""
    with planned as (
        select *, cast(file_moment as date) as file_date
        from control.delivery_plan
    ),

    read_files as (
        select
            r.system, r.extract, r.status,
            any_value(p.file_date) as file_date,
            any_value(p.delivered_date) as delivered_date
        from control.raw_extracts as r
        left join planned as p
            on p.system = r.system and p.extract = r.extract and p.file_name = r.file_name
                and p.file_sha256 = r.file_sha256
        where r.status in {READ}
        group by r.system, r.extract, r.status, r.file_name
    ),

    newest as (
        select
            system, extract,
            max(file_date) as newest_file_date,
            min(coalesce(file_date, delivered_date)) filter (where status = 'carried_forward')
                as carried_from_date,
            count(*) filter (where status = 'carried_forward') as carried_count
        from read_files group by system, extract
    ),

    gaps as (
        select
            r.system, r.extract, min(p.file_date) as first_gap_date,
            count(*) filter (where r.status in ('missing', 'waiting') and r.file_name <> '')
                as absent_count
        from control.raw_extracts as r
        left join planned as p
            on p.system = r.system and p.extract = r.extract and p.file_name = r.file_name
        where r.status in ('missing', 'waiting', 'refused')
        group by r.system, r.extract
    ),

    completed as (
        select
            c.system, c.extract, c.adds_up, c.delivery_mode, c.limit_days, c.maximum_changed_rate,
            f.newest_file_date, f.carried_from_date,
            coalesce(f.carried_count, 0) > 0 as is_carried,
            coalesce(g.absent_count, 0) > 0 as is_incomplete,
            case
                when not c.adds_up then f.newest_file_date
                when c.allowed_lateness_days is not null then least(
                    f.newest_file_date - cast(c.allowed_lateness_days as integer),
                    coalesce(g.first_gap_date - 1, f.newest_file_date)
                )
            end as complete_to_date
        from _delivery_contracts as c
        left join newest as f on f.system = c.system and f.extract = c.extract
        left join gaps as g on g.system = c.system and g.extract = c.extract
    ),

    final as (
        select
            d.system, d.extract, d.delivery_mode, w.watermark_date,
            cast(n.business_date - w.watermark_date as bigint) as age_days,
            d.limit_days, d.newest_file_date, d.complete_to_date,
            coalesce(d.complete_to_date < d.newest_file_date, false) as is_provisional,
            d.carried_from_date, h.unchanged_since_date, s.changed_rate, d.maximum_changed_rate,
            coalesce(s.changed_rate > d.maximum_changed_rate, false) as is_outpaced,
            coalesce(n.business_date - w.watermark_date > d.limit_days, false)
                or d.is_carried or d.is_incomplete as is_stale
        from completed as d
        cross join night.parameters as n
        left join control.watermarks as w on w.system = d.system and w.extract = d.extract
        left join control.extract_history as h
            on h.system = d.system and h.extract = d.extract
                and h.business_date = n.business_date
        left join _changes as s on s.system = d.system and s.extract = d.extract
    )

    select * from final
"""

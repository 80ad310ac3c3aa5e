"""How much each night read of an extract: what the gates on volume and freshness compare with."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pyarrow as pa

from workspace.folder import Workspace
from workspace.ingest.planned_files import READ
from workspace.warehouse import write_by_contract

HISTORY_DAYS = 400


def register_contracts(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Make _delivery_contracts readable: one row per extract, with the rules SQL needs."""
    rows = [
        {
            "system": read.value.system,
            "extract": name,
            "delivery_mode": extract.delivery.mode,
            "adds_up": extract.delivery.adds_up,
            "allowed_lateness_days": extract.delivery.allowed_lateness_days,
            "limit_days": extract.freshness_days,
            "maximum_changed_rate": extract.delivery.maximum_changed_share,
        }
        for read in workspace.sources.values()
        for name, extract in read.value.extracts.items()
    ]
    schema = pa.schema(
        {
            "system": pa.string(),
            "extract": pa.string(),
            "delivery_mode": pa.string(),
            "adds_up": pa.bool_(),
            "allowed_lateness_days": pa.int64(),
            "limit_days": pa.int64(),
            "maximum_changed_rate": pa.float64(),
        }
    )
    connection.register("_delivery_contracts", pa.Table.from_pylist(rows, schema=schema))


def write_history(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Write control.extract_history: the nights of the release before, and tonight."""
    register_contracts(connection, workspace)
    write_by_contract(connection, "control.extract_history", _HISTORY)
    connection.unregister("_delivery_contracts")


_HISTORY = f"""
    with reads as (
        select
            r.system, r.extract, r.file_name, r.file_sha256, r.record_count,
            coalesce(p.is_new, false) as is_new
        from control.raw_extracts as r
        left join control.delivery_plan as p
            on p.system = r.system and p.extract = r.extract and p.file_name = r.file_name
                and p.file_sha256 = r.file_sha256 and p.stands_in_for is null
        where r.status in {READ}
    ),

    tonight as (
        select
            c.system, c.extract, c.adds_up, n.business_date,
            count(r.file_name) as file_count,
            count(*) filter (where r.is_new) as new_file_count,
            cast(coalesce(sum(r.record_count), 0) as bigint) as record_count,
            sha256(coalesce(string_agg(r.file_sha256, ',' order by r.file_sha256), ''))
                as content_sha256
        from _delivery_contracts as c
        cross join night.parameters as n
        left join reads as r on r.system = c.system and r.extract = c.extract
        group by c.system, c.extract, c.adds_up, n.business_date
    ),

    earlier as (
        select h.* from prior.extract_history as h
        join tonight as t using (system, extract)
        where h.business_date < t.business_date
            and h.business_date >= t.business_date - {HISTORY_DAYS}
    ),

    last as (
        select * from earlier
        where (system, extract, business_date) in (
            select (system, extract, max(business_date)) from earlier group by system, extract
        )
    ),

    compared as (
        select
            t.system, t.extract, t.business_date, t.file_count, t.new_file_count, t.record_count,
            case
                when t.new_file_count = 0 then null
                when t.adds_up then t.record_count - l.record_count
                else t.record_count
            end as new_record_count,
            t.content_sha256,
            case
                when l.content_sha256 = t.content_sha256 then l.unchanged_since_date
                else t.business_date
            end as unchanged_since_date
        from tonight as t left join last as l using (system, extract)
    ),

    final as (
        select
            system, extract, business_date, file_count, new_file_count, record_count,
            new_record_count, content_sha256, unchanged_since_date
        from earlier
        union all
        select * from compared
    )

    select * from final
"""


def share(part: int, whole: int) -> float | None:
    """Return part of whole, rounded as published numbers are; None of nothing."""
    return float(round(Decimal(part) / Decimal(whole), 12)) if whole else None

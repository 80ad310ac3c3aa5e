"""Closing the books: for each delivered file, where every record went."""

from __future__ import annotations

import duckdb

from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.ingest.fault_places import complete_places
from workspace.ingest.planned_files import READ
from workspace.ingest.remedies import SUBJECT, land_remedies
from workspace.ingest.source_freshness import write_freshness
from workspace.warehouse import one_row, write_by_contract


def close_books(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, int]:
    """Write control.raw_extracts, control.quarantine and control.source_freshness.

    Returns records, loaded, quarantined and skipped of the whole night. Raises FILE_CONSERVATION
    when a file's records do not add up.
    """
    _date_extracts(connection, workspace)
    write_by_contract(connection, "control.raw_extracts", _RAW_EXTRACTS)
    _refuse_unaccounted(connection)
    complete_places(connection, workspace)
    land_remedies(connection, workspace)
    write_by_contract(connection, "control.quarantine", _QUARANTINE)
    write_freshness(connection, workspace)
    totals = one_row(
        connection,
        """
        select sum(record_count), sum(loaded_count), sum(quarantined_count), sum(skipped_count)
        from control.raw_extracts
        """,
    )
    names = ("records", "loaded", "quarantined", "skipped")
    return dict(zip(names, (int(total or 0) for total in totals), strict=True))


_RAW_EXTRACTS = f"""
    with faulty as (
        select
            file_sha256, system, extract,
            count(distinct record_number) as quarantined_count
        from control.row_faults group by all
    ),

    skipped as (
        select
            s.system, s.extract, s.file_sha256,
            count(distinct s.record_number) as skipped_count
        from control.row_skips as s
        where not exists (
            select 1 from control.row_faults as f
            where f.system = s.system and f.extract = s.extract
                and f.file_sha256 = s.file_sha256 and f.record_number = s.record_number
        )
        group by all
    ),

    final as (
        select
            d.system, d.extract, d.file_name, d.file_sha256, d.byte_count, d.record_count,
            case when d.status in {READ}
                then d.record_count - coalesce(f.quarantined_count, 0)
                    - coalesce(s.skipped_count, 0)
                else 0
            end as loaded_count,
            coalesce(f.quarantined_count, 0) as quarantined_count,
            case when d.status in {READ} then coalesce(s.skipped_count, 0)
                else d.record_count
            end as skipped_count,
            d.status,
            d.code,
            d.detail,
            d.file_date,
            d.delivered_date,
            w.watermark_date,
            d.archived_path
        from control.deliveries as d
        left join faulty as f
            on d.status in {READ} and f.system = d.system
                and f.extract = d.extract and f.file_sha256 = d.file_sha256
        left join skipped as s
            on d.status in {READ} and s.system = d.system
                and s.extract = d.extract and s.file_sha256 = d.file_sha256
        left join control.watermarks as w on w.system = d.system and w.extract = d.extract
    )

    select * from final
"""

_QUARANTINE = f"""
    with faults as (
        select
            f.system, f.extract, f.file_sha256, f.record_number, f.code,
            string_agg(
                distinct nullif(f.column_name, ''), ', ' order by nullif(f.column_name, '')
            ) as column_name,
            string_agg(distinct f.detail, '; ' order by f.detail) as detail,
            string_agg(distinct r.remedy, ' ' order by r.remedy) as remedy,
            min(f.byte_offset) as byte_offset,
            min(f.raw_text) as raw_text
        from (
            select *, coalesce(column_name, '') as _column, {SUBJECT} as _subject
            from control.row_faults
        ) as f
        left join _remedies as r
            on r.system = f.system and r.extract = f.extract and r.code = f.code
                and r.column_name = f._column and r.subject = f._subject
        group by all
    ),

    files as (
        select system, extract, file_sha256, min(file_name) as file_name
        from control.deliveries where status in {READ} group by all
    ),

    placed as (
        select
            f.file_sha256, f.record_number, f.code, f.system, f.extract, d.file_name,
            f.byte_offset, f.column_name, f.detail, f.remedy, f.raw_text,
            row_number() over (
                partition by f.file_sha256, f.record_number, f.code order by f.system, f.extract
            ) as delivery_number
        from faults as f
        join files as d using (system, extract, file_sha256)
    ),

    -- The same bytes may be delivered to two extracts: they hold the record once.
    final as (
        select * exclude (delivery_number) from placed where delivery_number = 1
    )

    select * from final
"""


def _date_extracts(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Date each extract by the newest day of its watermark column, in control.watermarks.

    A date after the business date is a fault of its row, not news of the source.
    """
    connection.execute(
        "create or replace table control.watermarks "
        "(system varchar, extract varchar, watermark_date date, limit_days integer)"
    )
    for read in workspace.sources.values():
        for name, extract in read.value.extracts.items():
            connection.execute(
                """
                insert into control.watermarks
                select $1, $2, max(d.delivered_day), $3
                from control.delivered_days as d cross join night.parameters as p
                where d.delivered_day <= p.business_date and d.system = $1 and d.extract = $2
                """,
                [read.value.system, name, extract.freshness_days],
            )


def _refuse_unaccounted(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare with what the views hold: a count that only subtracts proves nothing.

    Files whose part was made on an earlier night were compared then.
    """
    wrong = connection.execute(
        """
        select system, extract, file_name, record_count, loaded_count
        from control.raw_extracts where loaded_count < 0
        """
    ).fetchall()
    for system, extract in connection.execute(
        "select distinct system, extract from control.deliveries where is_built"
    ).fetchall():
        wrong += connection.execute(
            f"""
            with present as (
                select _file as file_sha256, count(*) as usable_count
                from {table_of(system, extract)}
                where _file in (
                    select file_sha256 from control.deliveries
                    where system = $1 and extract = $2 and is_built
                )
                group by all
            )

            select r.system, r.extract, r.file_name, r.loaded_count, coalesce(p.usable_count, 0)
            from control.raw_extracts as r
            semi join control.deliveries as d on d.is_built and d.system = r.system
                and d.extract = r.extract and d.file_name = r.file_name
            left join present as p using (file_sha256)
            where r.system = $1 and r.extract = $2
                and r.loaded_count <> coalesce(p.usable_count, 0)
            """,
            [system, extract],
        ).fetchall()
    if wrong:
        system, extract, file_name, expected, present = wrong[0]
        cause = f"{file_name}: {expected} records should be loaded, {present} are."
        raise TierwiseError("FILE_CONSERVATION", place=f"{system}.{extract}", cause=cause)

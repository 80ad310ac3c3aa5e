"""Closing the books: for each delivered file, where every record went."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from workspace.config.file_format import Format
from workspace.errors import ROW_CODES, TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.ingest.parsing import identifier
from workspace.ingest.records import read_records
from workspace.warehouse import one_row, write_by_contract

PLACES = pa.schema(
    {
        "system": pa.string(),
        "extract": pa.string(),
        "file_sha256": pa.string(),
        "record_number": pa.int64(),
        "byte_offset": pa.int64(),
        "raw_text": pa.string(),
    }
)


def close_books(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, int]:
    """Write control.raw_extracts, control.quarantine and control.source_freshness.

    Returns records, loaded, quarantined and skipped of the whole night. Raises FILE_CONSERVATION
    when a file's records do not add up.
    """
    _watermarks(connection, workspace)
    write_by_contract(connection, "control.raw_extracts", _RAW_EXTRACTS)
    _refuse_unaccounted(connection)
    places = _places(connection, workspace)
    connection.register("_places", places)
    remedies = pa.table({"code": list(ROW_CODES), "remedy": list(ROW_CODES.values())})
    connection.register("_remedies", remedies)
    write_by_contract(connection, "control.quarantine", _QUARANTINE)
    connection.unregister("_places")
    connection.unregister("_remedies")
    write_by_contract(connection, "control.source_freshness", _FRESHNESS)
    totals = one_row(
        connection,
        """
        select sum(record_count), sum(loaded_count), sum(quarantined_count), sum(skipped_count)
        from control.raw_extracts
        """,
    )
    names = ("records", "loaded", "quarantined", "skipped")
    return dict(zip(names, (int(total or 0) for total in totals), strict=True))


_RAW_EXTRACTS = """
    with faulty as (
        select
            file_sha256, system, extract,
            count(distinct record_number) as quarantined_count
        from control.row_faults group by all
    ),

    skipped as (
        select s.system, s.extract, s.file_sha256, count(*) as skipped_count
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
            case when d.status = 'duplicate' then 0
                else d.record_count - coalesce(f.quarantined_count, 0)
                    - coalesce(s.skipped_count, 0)
            end as loaded_count,
            coalesce(f.quarantined_count, 0) as quarantined_count,
            case when d.status = 'duplicate' then d.record_count
                else coalesce(s.skipped_count, 0) end as skipped_count,
            case d.status when 'read' then 'loaded' when 'duplicate' then 'superseded'
                else d.status end as status,
            d.code,
            w.watermark_date,
            d.archived_path
        from control.deliveries as d
        left join faulty as f
            on d.status = 'read' and f.system = d.system and f.extract = d.extract
                and f.file_sha256 = d.file_sha256
        left join skipped as s
            on d.status = 'read' and s.system = d.system and s.extract = d.extract
                and s.file_sha256 = d.file_sha256
        left join control.watermarks as w on w.system = d.system and w.extract = d.extract
    )

    select * from final
"""

_QUARANTINE = """
    with faults as (
        select
            system, extract, file_sha256, record_number, code,
            string_agg(distinct nullif(column_name, ''), ', ' order by nullif(column_name, ''))
                as column_name,
            string_agg(distinct detail, '; ' order by detail) as detail
        from control.row_faults group by all
    ),

    files as (
        select system, extract, file_sha256, min(file_name) as file_name
        from control.deliveries where status = 'read' group by all
    ),

    placed as (
        select
            f.file_sha256, f.record_number, f.code, f.system, f.extract, d.file_name,
            p.byte_offset, f.column_name, f.detail, r.remedy, p.raw_text,
            row_number() over (
                partition by f.file_sha256, f.record_number, f.code order by f.system, f.extract
            ) as delivery_number
        from faults as f
        join files as d using (system, extract, file_sha256)
        join _places as p using (system, extract, file_sha256, record_number)
        join _remedies as r using (code)
    ),

    -- The same bytes may be delivered to two extracts: they hold the record once.
    final as (
        select * exclude (delivery_number) from placed where delivery_number = 1
    )

    select * from final
"""

_FRESHNESS = """
    with final as (
        select
            w.system, w.extract, w.watermark_date,
            cast(p.business_date - w.watermark_date as bigint) as age_days,
            w.limit_days,
            coalesce(p.business_date - w.watermark_date > w.limit_days, false) as is_stale
        from control.watermarks as w cross join night.parameters as p
    )

    select * from final
"""


def _watermarks(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Date each extract by the newest value of the column its contract names."""
    connection.execute(
        "create or replace table control.watermarks "
        "(system varchar, extract varchar, watermark_date date, limit_days integer)"
    )
    for read in workspace.sources.values():
        for name, extract in read.value.extracts.items():
            newest: date | None = None
            if extract.watermark:
                # A date after the business date is a fault of its row, not news of the source.
                (newest,) = one_row(
                    connection,
                    f"select max(cast({identifier(extract.watermark)} as date)) "
                    f"from {table_of(read.value.system, name)} cross join night.parameters "
                    f"where cast({identifier(extract.watermark)} as date) <= business_date",
                )
            connection.execute(
                "insert into control.watermarks values (?, ?, ?, ?)",
                [read.value.system, name, newest, extract.freshness_days],
            )


def _refuse_unaccounted(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare with what stands in the typed tables: a count that only subtracts proves nothing."""
    wrong = connection.execute(
        """
        select system, extract, file_name, record_count, loaded_count
        from control.raw_extracts where loaded_count < 0
        """
    ).fetchall()
    for system, extract in connection.execute(
        "select distinct system, extract from control.raw_extracts where status = 'loaded'"
    ).fetchall():
        usable, booked = one_row(
            connection,
            f"""
            select
                (
                    select count(*) from {table_of(system, extract)} as t
                    where not exists (
                        select 1 from control.row_faults as f
                        where f.system = $1 and f.extract = $2
                            and f.file_sha256 = t._file and f.record_number = t._record
                    )
                ),
                (
                    select sum(loaded_count) from control.raw_extracts
                    where system = $1 and extract = $2
                )
            """,
            [system, extract],
        )
        if usable != booked:
            wrong.append((system, extract, "all files", booked, usable))
    if wrong:
        system, extract, file_name, expected, present = wrong[0]
        cause = f"{file_name}: {expected} records should be loaded, {present} are."
        raise TierwiseError("FILE_CONSERVATION", place=f"{system}.{extract}", cause=cause)


def _places(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> pa.Table:
    """Return byte offset and text of every faulty record, read again from the archive."""
    faulty = connection.execute(
        """
        select f.system, f.extract, f.file_sha256, list(distinct f.record_number)
        from control.row_faults as f group by all order by all
        """
    ).fetchall()
    tables: list[pa.Table] = []
    for system, extract, sha256, numbers in faulty:
        dialect: Format = workspace.sources[system].value.format_of(extract)
        stored: Path = workspace.archive / sha256[:2] / sha256
        records = read_records(stored.read_bytes(), dialect, place=f"{system}.{extract}")
        sorted_numbers = np.sort(np.array(numbers, dtype=np.int64))
        tables.append(
            pa.table(
                [
                    *(pa.repeat(value, len(numbers)) for value in (system, extract, sha256)),
                    pa.array(sorted_numbers),
                    pa.array(records.offsets(sorted_numbers)),
                    pa.array([records.raw(number) for number in sorted_numbers.tolist()]),
                ],
                schema=PLACES,
            )
        )
    return pa.concat_tables([PLACES.empty_table(), *tables])

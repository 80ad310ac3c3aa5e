"""One look into the inbox between two nights: what has arrived, and what it signals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from workspace.config.entities import entities
from workspace.folder import Workspace
from workspace.given_rows import create_from
from workspace.ingest.control import open_books
from workspace.ingest.delivery import decide_night
from workspace.ingest.delivery_plan import write_plan
from workspace.ingest.landing import land
from workspace.ingest.mapping import book_values, entity_rows
from workspace.ingest.mapping_check import check_mappings
from workspace.ingest.planned_files import READ
from workspace.intraday.lane import UNIT_CODES, Lane, intraday_extracts, lane_of, store_of
from workspace.intraday.published import Published, published
from workspace.intraday.signals import NAME, write_signals
from workspace.intraday.store import QUARANTINE, SIGNALS, add_arrivals, arrivals, keep
from workspace.lease import lease
from workspace.ledger.landing import land_ledger
from workspace.night_inputs import land_parameters
from workspace.releases import Release, named_release

SIGNALLING = ("order_lines", "inventory_snapshots")
FILES = pa.schema(
    {
        "system": pa.string(),
        "extract": pa.string(),
        "file_name": pa.string(),
        "file_sha256": pa.string(),
        "is_pending": pa.bool_(),
        "watermark_date": pa.date32(),
        "arrived_at": pa.timestamp("us"),
    }
)
# Records of pending files that the lane leaves out, by the codes of the night's quarantine.
ASIDE = """
    create or replace temp table _quarantine as
    select
        q.system, q.extract, f.file_name, q.file_sha256, q.record_number, q.code, q.column_name,
        q.detail, q.byte_offset, q.raw_text
    from (
        select system, extract, file_sha256, record_number, code, column_name, detail,
            byte_offset, raw_text
        from control.row_faults
        union all
        select f.system, f.extract, a._file, a._record, a.code, a.column_name, a.detail, null, null
        from _aside as a
        join _files as f on f.system = a._system and f.file_sha256 = a._file
    ) as q
    join _files as f using (system, extract, file_sha256)
    where f.is_pending
"""
BOOKS = f"""
    select
        f.system, f.extract, f.file_name, f.file_sha256, d.record_count,
        (
            select count(distinct q.record_number) from _quarantine as q
            where q.system = f.system and q.extract = f.extract and q.file_sha256 = f.file_sha256
        ) as quarantined_count,
        (
            select count(distinct s.record_number) from control.row_skips as s
            where s.system = f.system and s.extract = f.extract and s.file_sha256 = f.file_sha256
        ) as skipped_count,
        f.arrived_at
    from _files as f
    join control.deliveries as d
        on d.system = f.system and d.extract = f.extract and d.file_name = f.file_name
            and d.file_sha256 = f.file_sha256 and d.status in {READ}
    where f.is_pending
    order by all
"""
FLAGS = ("is_order_spike", "is_stock_out", "is_late_shipment")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one look found: pending files with their records, refused ones, and signals."""

    release_id: str
    business_date: date
    looked_at: datetime
    files: tuple[dict[str, Any], ...]
    refused: tuple[dict[str, Any], ...]
    new_file_count: int
    signal_count: int
    flags: dict[str, int]


def look(workspace: Workspace, night: date, now: datetime) -> Look:
    """Read what has arrived since the current release, and keep its signals for the API.

    `night` is the business date of the coming night, `now` an aware instant. No release and no
    file of the night is changed. Raises RELEASE_MISSING before the first release, NIGHT_BUSY while
    another process looks.
    """
    lane, release = lane_of(workspace), named_release(workspace, None)
    with (
        lease(store_of(lane) / "lease.json"),
        duckdb.connect(config={"python_enable_replacements": False}) as connection,
    ):
        known = arrivals(lane)
        refused = _read(connection, lane, release, night, known, now)
        ratio = workspace.file.intraday.order_spike_ratio
        count = write_signals(connection, release, order_spike_ratio=ratio)
        connection.execute(ASIDE)
        files = _rows(connection, BOOKS)
        new = [entry for entry in files if _key(entry) not in known]
        add_arrivals(lane, new)
        state = keep(
            connection,
            lane,
            release_id=release.release_id,
            business_date=night,
            looked_at=now,
            tables={SIGNALS: NAME, QUARANTINE: "_quarantine"},
        )
        flags = _flag_counts(connection)
    return Look(
        release_id=state.release_id,
        business_date=night,
        looked_at=state.looked_at,
        files=tuple(files),
        refused=tuple(refused),
        new_file_count=len(new),
        signal_count=count,
        flags=flags,
    )


def _read(
    connection: duckdb.DuckDBPyConnection,
    lane: Lane,
    release: Release,
    night: date,
    known: dict[tuple[str, str, str], datetime],
    now: datetime,
) -> list[dict[str, Any]]:
    """Read all that signals are made of; return the files that cannot be read."""
    books = published(connection, release)
    refused = _land(connection, lane, release, night)
    _register_files(connection, lane, books, known, now)
    _fill(connection, lane)
    return refused


def _land(
    connection: duckdb.DuckDBPyConnection, lane: Lane, release: Release, night: date
) -> list[dict[str, Any]]:
    """Land what the lane needs; return the files that cannot be read, which stop nobody."""
    open_books(connection)
    land_parameters(connection, lane, night)
    land_ledger(connection, lane, release)
    decided = [replace(d, is_required=False, error=None) for d in decide_night(lane, night)]
    write_plan(connection, decided)
    for read in lane.sources.values():
        for name in read.value.extracts:
            land(connection, lane, read.value, name)
    return _rows(
        connection,
        "select system, extract, file_name, status, code, detail from control.deliveries "
        "where status in ('refused', 'waiting') order by all",
    )


def _register_files(
    connection: duckdb.DuckDBPyConnection,
    lane: Lane,
    books: Published,
    known: dict[tuple[str, str, str], datetime],
    now: datetime,
) -> None:
    """Create _files: every file of an intraday extract that was read, pending or published."""
    read = connection.execute(
        "select system, extract, file_name, file_sha256 from control.deliveries "
        f"where status in {READ} order by all"
    ).fetchall()
    intraday = intraday_extracts(lane)
    rows = [
        {
            "system": system,
            "extract": extract,
            "file_name": name,
            "file_sha256": sha256,
            "is_pending": (system, extract, sha256) not in books.files,
            "watermark_date": books.watermark(system, extract),
            "arrived_at": known.get((system, extract, sha256), now)
            .astimezone(UTC)
            .replace(tzinfo=None, microsecond=0),
        }
        for system, extract, name, sha256 in read
        if (system, extract) in intraday
    ]
    found = pa.Table.from_pylist(rows, schema=FILES)
    create_from(connection, "_files", found, is_temporary=True)


def _fill(connection: duckdb.DuckDBPyConnection, lane: Lane) -> None:
    """Create the entities that signals are made of; book values that cannot be in them."""
    for name in (UNIT_CODES, *SIGNALLING):
        mappings, faults = check_mappings(lane, name)
        if faults:
            raise faults[0]
        if name != UNIT_CODES:
            signalling = intraday_extracts(lane)
            mappings = [m for m in mappings if m.place in signalling]
        rows = entity_rows(entities()[name], mappings)
        connection.execute(f"create or replace view raw.{name} as {rows}")
        for mapping in mappings:
            book_values(connection, entities()[name], mapping)


def _flag_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the number of signals with each flag."""
    counted = ", ".join(f"count(*) filter (where {flag}) as {flag}" for flag in FLAGS)
    (flags,) = _rows(connection, f"select {counted} from {NAME}")
    return flags


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
    return rows


def _key(entry: dict[str, Any]) -> tuple[str, str, str]:
    return entry["system"], entry["extract"], entry["file_sha256"]

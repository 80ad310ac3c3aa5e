"""Whether what was delivered is about as much as before, and whether it is news.

Each function returns how many facts it looked at, and one line for each that is not as it should.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from workspace.config.source_file import SourceFile
from workspace.folder import Workspace
from workspace.warehouse import one_row

Findings = tuple[int, list[str]]

_VOLUMES = """
    with contracts as (select * from _volume_contracts),

    dated as (
        select
            r.system, r.extract, cast(p.file_moment as date) as day,
            cast(sum(r.record_count) as double) as records, bool_or(p.is_new) as is_new
        from control.raw_extracts as r
        join control.delivery_plan as p
            on p.system = r.system and p.extract = r.extract and p.file_name = r.file_name
                and p.file_sha256 = r.file_sha256 and p.stands_in_for is null
        join contracts as c on c.system = r.system and c.extract = r.extract
        where r.status = 'loaded' and c.is_by_file_date and p.file_moment is not null
        group by r.system, r.extract, cast(p.file_moment as date)
    ),

    by_night as (
        select
            h.system, h.extract, h.business_date as day,
            cast(h.new_record_count as double) / h.new_file_count as records,
            h.business_date = n.business_date as is_new
        from control.extract_history as h
        cross join night.parameters as n
        join contracts as c on c.system = h.system and c.extract = h.extract
        where not c.is_by_file_date and h.new_file_count > 0 and h.new_record_count is not null
    ),

    observed as (select * from dated union all select * from by_night),

    known as (
        select distinct h.system, h.extract
        from prior.extract_history as h where h.record_count > 0
    ),

    compared as (
        select
            o.system, o.extract, o.day, o.records,
            count(*) as night_count, min(e.records) as smallest, max(e.records) as largest
        from observed as o
        join contracts as c on c.system = o.system and c.extract = o.extract
        join known as k on k.system = o.system and k.extract = o.extract
        join observed as e
            on e.system = o.system and e.extract = o.extract and not e.is_new
                and e.day < o.day and e.day >= o.day - cast(c.window_days as integer)
        where o.is_new
        group by o.system, o.extract, o.day, o.records
    ),

    judged as (
        select
            o.*, c.minimum_nights,
            o.smallest * (1 - c.maximum_drop) as lowest,
            o.largest * (1 + c.maximum_rise) as highest
        from compared as o join contracts as c on c.system = o.system and c.extract = o.extract
    )

    select
        system, extract, day, records, night_count, lowest, highest,
        night_count >= minimum_nights
            and (coalesce(records < lowest, false) or coalesce(records > highest, false))
    from judged order by system, extract, day
"""


def volume_findings(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Findings:
    """Compare each new file's records with the smallest and largest of the nights before."""
    rows = [
        {
            "system": source.system,
            "extract": name,
            "is_by_file_date": rules.adds_up and extract.file_path.date_format is not None,
            "maximum_drop": rules.volume.maximum_drop,
            "maximum_rise": rules.volume.maximum_rise,
            "window_days": rules.volume.window_days,
            "minimum_nights": rules.volume.minimum_nights,
        }
        for source in sources(workspace)
        for name, extract in source.extracts.items()
        for rules in [extract.delivery]
    ]
    schema = pa.schema(
        {
            "system": pa.string(),
            "extract": pa.string(),
            "is_by_file_date": pa.bool_(),
            "maximum_drop": pa.float64(),
            "maximum_rise": pa.float64(),
            "window_days": pa.int64(),
            "minimum_nights": pa.int64(),
        }
    )
    connection.register("_volume_contracts", pa.Table.from_pylist(rows, schema=schema))
    found = connection.execute(_VOLUMES).fetchall()
    connection.unregister("_volume_contracts")
    return len(found), [
        f"{system}.{name} of {day}: {records:.0f} records; the {nights} nights before allow "
        f"{_bound(lowest, 'any')} to {_bound(highest, 'any')}."
        for system, name, day, records, nights, lowest, highest, is_odd in found
        if is_odd
    ]


def freshness_findings(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Findings:
    """Find extracts whose bytes have not changed for as many days as their contract allows."""
    unchanged: list[str] = []
    count = 0
    for source in sources(workspace):
        for name, extract in source.extracts.items():
            limit = extract.delivery.unchanged_days
            if limit is None:
                continue
            count += 1
            since, days = one_row(
                connection,
                "select any_value(h.unchanged_since_date), "
                "any_value(n.business_date - h.unchanged_since_date) "
                "from control.extract_history as h join night.parameters as n using (business_date)"
                " where system = ? and extract = ?",
                [source.system, name],
            )
            if days is not None and days >= limit:
                unchanged.append(
                    f"{source.system}.{name}: the same bytes since {since}, limit {limit} days."
                )
    return count, unchanged


def sources(workspace: Workspace) -> list[SourceFile]:
    """Return the contracts of all systems."""
    return [read.value for read in workspace.sources.values()]


def _bound(value: float | None, otherwise: str) -> str:
    return otherwise if value is None else f"{value:.0f}"

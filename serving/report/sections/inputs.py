"""What was delivered for this release, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence

from serving.report.section import Column, Release, Section, Table
from serving.wording import counted

FRESHNESS = """
select system, extract, watermark_date, age_days, limit_days,
    case
        when carried_from_date is not null then 'carried forward'
        when is_stale then 'stale' when is_outpaced then 'outpaced'
        when limit_days is null then 'no limit set' else 'fresh'
    end as state
from source_freshness
order by is_stale desc, system, extract
"""
FILES = """
select system, extract, file_name, status, code, record_count,
    cast(byte_count as double) / 1000 as kilobytes, watermark_date, left(file_sha256, 12) as hash
from raw_extracts
order by case when status = 'loaded' then 1 when status = 'superseded' then 2 else 0 end,
    system, extract, file_name
"""


def inputs(release: Release) -> Section:
    """Return freshness by extract, and every delivered file."""
    freshness = release.now.query(FRESHNESS).rows()
    files = release.now.query(FILES).rows()
    stale = [row for row in freshness if row[-1] not in ("fresh", "no limit set")]
    limited = sum(row[-2] is not None for row in freshness)
    return Section(
        section_id="inputs",
        title="Delivered data",
        lead=f"{counted(len(files), 'file')} for {counted(len(freshness), 'extract')}, "
        f"{limited} with a freshness limit, {len(stale) or 'none'} late, stale or outpaced.",
        tables=(_freshness("Late, stale or outpaced", stale),) if stale else (),
        folded=(
            _freshness("Freshness of every extract", freshness),
            Table(
                caption="Delivered files",
                columns=(
                    Column(title="System", kind="code"),
                    Column(title="Extract", kind="code"),
                    Column(title="File", kind="raw"),
                    Column(title="Status"),
                    Column(title="Code", kind="code"),
                    Column(title="Records", kind="count"),
                    Column(title="Size, kB", kind="count"),
                    Column(title="Newest data", kind="date"),
                    Column(title="SHA-256", kind="code"),
                ),
                rows=files,
            ),
        ),
    )


def _freshness(caption: str, rows: Sequence[Sequence[object]]) -> Table:
    return Table(
        caption=caption,
        columns=(
            Column(title="System", kind="code"),
            Column(title="Extract", kind="code"),
            Column(title="Newest data", kind="date"),
            Column(title="Age, days", kind="count"),
            Column(title="Limit, days", kind="count"),
            Column(title="State"),
        ),
        rows=rows,
    )

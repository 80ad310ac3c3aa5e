"""Records that were delivered but not loaded: why, from where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from serving.report.section import Column, Release, Section, Table
from serving.wording import counted, share
from workspace.confirmable import CONFIRMABLE
from workspace.ingest.planned_files import READ
from workspace.row_codes import ROW_CODES

RECORDS = "select count(distinct file_sha256 || ':' || record_number) from quarantine"
BY_CAUSE = """
select code, count(*) as records, count(distinct system || '.' || extract) as extracts
from quarantine
group by code
order by records desc, code
"""
BY_EXTRACT = f"""
select system, extract, cast(sum(record_count) as bigint) as delivered,
    cast(sum(loaded_count) as bigint) as loaded,
    cast(sum(quarantined_count) as bigint) as quarantined,
    cast(sum(skipped_count) as bigint) as skipped,
    cast(sum(quarantined_count) as double) / nullif(sum(record_count), 0) as quarantined_share
from raw_extracts
where status in {READ}
group by system, extract
order by quarantined desc nulls last, system, extract
"""
EXAMPLES = """
with numbered as (
    select *, row_number() over (
        partition by code, system, extract order by file_name, record_number
    ) as example
    from quarantine
)
select code, file_name, record_number, byte_offset, column_name, detail, left(raw_text, 120)
from numbered
where example = 1
order by code, system, extract
limit 20
"""


def quarantine(release: Release) -> Section:
    """Return quarantine by cause and by extract, with one record of each as an example."""
    causes = release.now.rows(BY_CAUSE)
    extracts = release.now.query(BY_EXTRACT)
    records = release.now.value(RECORDS)
    delivered = extracts["delivered"].sum()
    part = f", {share(records / delivered)} of what was delivered" if delivered else ""
    held_back = extracts.filter(pl.col("quarantined") > 0)
    return Section(
        section_id="quarantine",
        title="Quarantine",
        lead=f"{counted(records, 'record')} set aside{part}. Nothing is dropped silently: records "
        "delivered are loaded, quarantined or skipped by declaration.",
        notes=("A record with several causes counts under each.",)
        if records < sum(row["records"] for row in causes)
        else (),
        tables=(
            Table(
                caption="By cause",
                columns=(
                    Column(title="Cause", kind="code"),
                    Column(title="Records", kind="count"),
                    Column(title="Extracts", kind="count"),
                    Column(title="What to do"),
                ),
                rows=[(*row.values(), _remedy(row["code"])) for row in causes],
                if_empty="No record is in quarantine.",
            ),
            *([_by_extract("By extract, in records", held_back.rows())] if causes else []),
        ),
        folded=(
            *([_examples(release)] if causes else []),
            _by_extract("Records of every extract", extracts.rows()),
        ),
    )


def _remedy(code: str) -> str:
    """Return what to do about a cause; of one record, `tierwise quarantine show` knows more."""
    verdict = CONFIRMABLE.get(code)
    way = "Or confirm it." if verdict is not None and verdict.may else "Or dismiss it."
    return f"{ROW_CODES.get(code, '')} {way}".strip()


def _by_extract(caption: str, rows: Sequence[Sequence[object]]) -> Table:
    return Table(
        caption=caption,
        columns=(
            Column(title="System", kind="code"),
            Column(title="Extract", kind="code"),
            Column(title="Delivered", kind="count"),
            Column(title="Loaded", kind="count"),
            Column(title="Quarantined", kind="count"),
            Column(title="Skipped", kind="count"),
            Column(title="Quarantined, share", kind="share"),
        ),
        rows=rows,
    )


def _examples(release: Release) -> Table:
    return Table(
        caption="One record of each cause and extract",
        columns=(
            Column(title="Cause", kind="code"),
            Column(title="File", kind="raw"),
            Column(title="Record", kind="count"),
            Column(title="Byte", kind="count"),
            Column(title="Column", kind="code"),
            Column(title="Detail"),
            Column(title="As delivered", kind="raw"),
        ),
        rows=release.now.query(EXAMPLES).rows(),
    )

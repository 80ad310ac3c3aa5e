"""Walking an item back to the delivered records behind it, and seeing that they add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from serving.release_reader import ReleaseReader
from serving.units import Unit, find_units
from serving.wording import counted, shown

# The window of feat_item_value, so that the records can be seen to add up to it.
LINES = """
with lines as (
    select o.*, not o.is_cancelled
            and o.order_date > (select as_of_date - interval 12 month from publish_manifest)
            and o.order_date <= (select as_of_date from publish_manifest) as is_counted
    from fct_order_line as o
    where o.product_id = ? and o.site_id = ?
)
"""
FILES = LINES + """
, names as (
    select file_sha256, min(system) as system, min(extract) as extract, min(file_name) as file_name
    from raw_extracts
    group by file_sha256
)
select l.source_file_sha256 as file_sha256, n.system, n.extract, n.file_name,
    count(*) as record_count, count(*) filter (where l.is_counted) as counted_record_count,
    coalesce(sum(l.margin_amount) filter (where l.is_counted), 0) as counted_margin_amount,
    min(l.order_date) as first_order_date, max(l.order_date) as last_order_date
from lines as l
left join names as n on n.file_sha256 = l.source_file_sha256
group by all
order by first_order_date, l.source_file_sha256
"""  # fmt: skip
RECORDS = (
    LINES
    + """
select source_file_sha256 as file_sha256, source_record_number as record_number, order_id,
    transaction_type, order_date, quantity_units, revenue_amount, margin_amount, cost_grade,
    is_counted
from lines
order by order_date desc, source_file_sha256, source_record_number
limit ?
"""
)
PUBLISHED = "select margin_12m_amount from feat_item_value where product_id = ? and site_id = ?"
LISTED = 20
PREFIX = 12


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One delivered file: how many of its records are order lines of an item, and count."""

    file_sha256: str
    system: str | None
    extract: str | None
    file_name: str | None
    record_count: int
    counted_record_count: int
    counted_margin_amount: Decimal
    first_order_date: date
    last_order_date: date


@dataclass(frozen=True, kw_only=True)
class SourceRecord:
    """One delivered record behind an item; amounts in reporting currency, returns negative."""

    file_sha256: str
    record_number: int
    order_id: str
    transaction_type: str
    order_date: date
    quantity_units: Decimal
    revenue_amount: Decimal
    margin_amount: Decimal | None
    cost_grade: str
    is_counted: bool


@dataclass(frozen=True, kw_only=True)
class UnitTrace:
    """The order line records of one item, by file, and whether they add up to what is published."""

    unit: Unit
    currency: str
    files: tuple[SourceFile, ...]
    records: tuple[SourceRecord, ...]
    counted_margin_amount: Decimal
    published_margin_amount: Decimal

    @property
    def agrees(self) -> bool:
        """Whether the counted records add up to the published 12-month margin."""
        return self.counted_margin_amount == self.published_margin_amount

    def text(self) -> str:
        """Return the records for people."""
        every = sum(file.record_count for file in self.files)
        verdict = "as published" if self.agrees else f"but {self.published_margin_amount} published"
        return "\n".join(
            [
                f"{shown(self.unit.name)}  {shown(self.unit.product_name)} at "
                f"{shown(self.unit.site_name)}",
                "",
                f"  {counted(every, 'order line')} of {counted(len(self.files), 'file')}; those of "
                f"the last 12 months add up to a margin of {self.counted_margin_amount} "
                f"{self.currency}, {verdict}",
                *map(_file_line, self.files),
                "",
                f"  The newest {len(self.records)} (· is outside the 12 months, or cancelled):",
                *map(_record_line, self.records),
            ]
        )


def trace_unit(reader: ReleaseReader, unit: str, *, listed: int = LISTED) -> list[UnitTrace]:
    """Return the records behind `<product>[@<site>]`, an entry for each site; newest first.

    Raises UNIT_UNKNOWN with near names.
    """
    return [_unit_trace(reader, found, listed) for found in find_units(reader, unit)]


def _unit_trace(reader: ReleaseReader, unit: Unit, listed: int) -> UnitTrace:
    files = tuple(SourceFile(**row) for row in reader.rows(FILES, unit.key))
    return UnitTrace(
        unit=unit,
        currency=reader.manifest.currency,
        files=files,
        records=tuple(SourceRecord(**row) for row in reader.rows(RECORDS, [*unit.key, listed])),
        counted_margin_amount=sum((file.counted_margin_amount for file in files), Decimal(0)),
        published_margin_amount=reader.value(PUBLISHED, unit.key),
    )


def _file_line(file: SourceFile) -> str:
    source = f"{file.system}.{file.extract}  " if file.system else ""
    return (
        f"    {file.file_sha256[:PREFIX]}  {source}{file.file_name or 'an unknown file'}: "
        f"{counted(file.record_count, 'record')}, {file.counted_record_count:,} counted, ordered "
        f"{file.first_order_date} to {file.last_order_date}"
    )


def _record_line(record: SourceRecord) -> str:
    mark = " " if record.is_counted else "·"
    return (
        f"  {mark} {record.file_sha256[:PREFIX]}  record {record.record_number:>9,}  "
        f"{record.order_date}  order {record.order_id}  {record.transaction_type:<6}  "
        f"{shown(record.quantity_units, 'units'):>9} units  {record.revenue_amount:>14,.2f}"
    )

"""The floor under a night: one DuckDB statement from the order line files to weekly demand.

It does what no night can do without: read the files, convert four columns and the units of one, and
sum. It archives, checks, explains and publishes nothing.
`python -m benchmarks.floor <inbox> <business date>`.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

# Every column is declared as text and in the order of the files, so that DuckDB detects nothing.
# It reads cp1252 only with an extension; keys, dates and numbers are the same in latin-1.
NORTH = (
    "VBELN", "POSNR", "AUART", "AUDAT", "KUNNR", "MATNR", "WERKS", "VDATU", "KWMENG", "VRKME",
    "NETWR", "WAERK", "ABGRU", "BSTKD", "VGBEL", "VGPOS", "BSARK", "KZWI1", "KZWI5", "ZBD1T",
    "LADGR",
)  # fmt: skip
SOUTH = (
    "SalesId", "LineNum", "OrderType", "OrderDate", "CustAccount", "ItemId", "WarehouseId",
    "RequestedDate", "SalesQty", "SalesUnit", "LineAmount", "CostAmount", "CurrencyCode",
    "IsCancelled", "CustomerRef", "OriginalSalesId", "OriginalLineNum", "SalesOrigin", "ListAmount",
    "RebateAmount", "PaymDays", "HandlingCode",
)  # fmt: skip
NORTH_UNITS = ("MATNR", "MEINH", "UMREZ", "UMREN", "MESUB")
SOUTH_UNITS = ("ItemId", "FromUnit", "ToUnit", "Numerator", "Denominator")
# Quarantine would hold what does not read or convert; the floor lets go of it.
DEMAND = """
    create table demand as
    with north as (
        select
            'erp_north' as namespace, MATNR as product_key, WERKS as site_key,
            try_cast(try_strptime(AUDAT, '%d.%m.%Y') as date) as order_date,
            try_cast(try_strptime(VDATU, '%d.%m.%Y') as date) as requested_date,
            try_cast(replace(replace(KWMENG, '.', ''), ',', '.') as decimal(18, 4))
                * case VRKME when 'KAR' then cast(UMREZ as integer) when 'G' then 0.001 else 1 end
                as units
        from {north} as lines
        left join (select MATNR, UMREZ from {north_units} where MEINH = 'KAR') as cases
            using (MATNR)
        where AUART in ('TA', 'ZPRJ') and ABGRU is null
    ),

    south as (
        select
            'erp_south' as namespace, ItemId as product_key, WarehouseId as site_key,
            try_cast(try_strptime(OrderDate, '%m/%d/%Y') as date) as order_date,
            try_cast(try_strptime(RequestedDate, '%m/%d/%Y') as date) as requested_date,
            try_cast(SalesQty as decimal(18, 4))
                * case SalesUnit
                    when 'CASE' then cast(Numerator as integer) when 'GRAM' then 0.001 else 1
                end as units
        from {south} as lines
        left join (select ItemId, Numerator from {south_units} where FromUnit = 'CASE') as cases
            using (ItemId)
        where OrderType in ('Sales', 'Project') and IsCancelled = 'F'
    ),

    dated as (
        select
            namespace, product_key, site_key, units,
            cast(date_trunc('week', coalesce(requested_date, order_date)) as date)
                as week_start_date
        from (select * from north union all select * from south)
        where order_date <= $business_date
    ),

    final as (
        select
            namespace, product_key, site_key, week_start_date,
            sum(units) as demand_units, count(*) as order_line_count
        from dated
        where week_start_date + 6 <= $business_date
        group by namespace, product_key, site_key, week_start_date
    )

    select * from final
"""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What the statement took in and gave, and its seconds without the start of Python."""

    order_lines: int
    rows: int
    seconds: float


def weekly_demand(connection: duckdb.DuckDBPyConnection, inbox: Path, business_date: date) -> Floor:
    """Create table `demand`: one row per namespace, product key, site key and week."""
    north = _files(inbox / "erp_north" / "order_lines_*.csv", NORTH, ";", "latin-1")
    south = _files(inbox / "erp_south" / "order_lines_*.csv", SOUTH, ",", "utf-8")
    cases = {
        "north_units": _files(
            inbox / "erp_north" / "material_units_*.csv", NORTH_UNITS, ";", "latin-1"
        ),
        "south_units": _files(inbox / "erp_south" / "item_units_*.csv", SOUTH_UNITS, ",", "utf-8"),
    }
    started = time.perf_counter()
    connection.execute(
        DEMAND.format(north=north, south=south, **cases), {"business_date": business_date}
    ).fetchall()
    seconds = time.perf_counter() - started
    ((lines, rows),) = connection.execute(
        "select coalesce(sum(order_line_count), 0), count(*) from demand"
    ).fetchall()
    return Floor(order_lines=int(lines), rows=rows, seconds=seconds)


def _files(files: Path, columns: tuple[str, ...], delimiter: str, encoding: str) -> str:
    """Return the call that reads files in their declared dialect and steps over broken records."""
    declared = ", ".join(f"'{name}': 'varchar'" for name in columns)
    return (
        f"read_csv('{files}', columns = {{{declared}}}, delim = '{delimiter}', quote = '\"', "
        f"escape = '\"', new_line = '\\n', encoding = '{encoding}', header = true, "
        "auto_detect = false, nullstr = '', ignore_errors = true)"
    )


def main() -> int:
    """Print seconds, order lines and rows, parted by spaces."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("inbox", type=Path)
    parser.add_argument("business_date", type=date.fromisoformat)
    asked = parser.parse_args()
    floor = weekly_demand(duckdb.connect(), asked.inbox, asked.business_date)
    sys.stdout.write(f"{floor.seconds:.4f} {floor.order_lines} {floor.rows}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

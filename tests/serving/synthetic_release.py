"""Writes a whole release of the invented wholesaler: every public table, in DuckDB, in a folder."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from tests.serving.synthetic_orders import SITES, Masters

TABLES = [
    Path(__file__).with_name(f"synthetic_{part}.sql") for part in ("release", "quality", "trees")
]
CHURN = """
create table segment_churn as
select scheme_id, coalesce(before.segment_id, '(none)') as from_segment_id,
    coalesce(now.segment_id, '(none)') as to_segment_id, count(*) as unit_count,
    cast(sum(coalesce(now.value_at_stake_amount, before.value_at_stake_amount)) as decimal(18, 4))
        as value_at_stake_amount
from {before} as before
full join segment_assignment as now using (scheme_id, product_id, site_id)
group by all
"""
FIRST = """first:
  - {rule: no_demand, segment: no_demand, when: order_line_count_12m = 0}
  - {rule: new_item, segment: new, when: months_of_history < 3}
"""
DEFINITIONS = {
    "abc_margin": ("ABC by margin", "pareto_share", FIRST + "method: {kind: pareto_share, "
                   "measure: margin_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}"),
    "xyz": ("XYZ by weekly variation", "thresholds", FIRST + "method: {kind: thresholds, "
            "column: weekly_cv_ratio, cuts: {X: 0.7, Y: 1.4}, last: Z}"),
    "demand_pattern": ("Demand pattern", "demand_pattern", FIRST + "method: {kind: demand_pattern, "
                       "adi_cut: 1.32, cv2_cut: 0.49}"),
    "abc_xyz": ("ABC by XYZ", "matrix", "method: {kind: matrix, rows: abc_margin, columns: xyz}"),
}  # fmt: skip


def write_release(
    releases: Path, company: Masters, *, as_of: date, previous: Path | None = None
) -> Path:
    """Write the release of a day below `releases` and return its folder."""
    release_id = f"{as_of}_{hashlib.sha256(as_of.isoformat().encode()).hexdigest()[:12]}"
    folder = releases / release_id
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute(
            "create temp table night as select ?::date as as_of_date, ? as release_id, "
            "?::varchar as previous_release_id",
            [as_of, release_id, previous.name if previous else None],
        )
        _inputs(connection, company)
        for tables in TABLES:
            connection.execute(tables.read_text(encoding="utf-8"))
        _registry(connection)
        _churn(connection, previous)
    return folder


def _inputs(connection: duckdb.DuckDBPyConnection, company: Masters) -> None:
    sites = pl.DataFrame(
        {
            "site_id": list(SITES),
            "site_code": [code for code, _ in SITES.values()],
            "site_name": [name for _, name in SITES.values()],
        }
    )
    frames = {
        "products": company.products,
        "customers": company.customers,
        "units": company.units,
        "order_lines": company.order_lines,
        "sites": sites,
    }
    for name, frame in frames.items():
        connection.register("frame", frame)
        connection.execute(f"create temp table {name} as from frame")
        connection.unregister("frame")


def _registry(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table rule_set_registry (scheme_id varchar, overlay_id varchar, rule_hash varchar, "
        "title varchar, method varchar, definition varchar, sql_text varchar, effective_from date, "
        "effective_to date)"
    )
    for scheme, (title, method, definition) in DEFINITIONS.items():
        connection.execute(
            "insert into rule_set_registry values "
            "(?, 'base', left(sha256(?), 16), ?, ?, ?, 'select 1', date '2023-01-02', null)",
            [scheme, scheme, title, method, f"scheme: {scheme}\ntitle: {title}\n{definition}\n"],
        )


def _churn(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    if previous is None:
        before = "(from segment_assignment where false)"
    else:
        connection.execute(f"attach '{previous / 'tierwise.duckdb'}' as previous (read_only)")
        before = "previous.segment_assignment"
    connection.execute(CHURN.format(before=before))
    if previous is not None:
        connection.execute(
            "update segment_assignment as now set valid_from = as_of_date where not exists ("
            "from previous.segment_assignment as before where before.scheme_id = now.scheme_id "
            "and before.product_id = now.product_id and before.site_id = now.site_id "
            "and before.segment_id = now.segment_id)"
        )

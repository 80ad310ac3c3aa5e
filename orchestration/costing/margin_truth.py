"""The truth about margins: items against order lines, and order lines against the books."""

from __future__ import annotations

import duckdb

from orchestration.gate_book import Finding
from workspace.folder import Workspace
from workspace.warehouse import one_row

COMPARED = """
    with items as (
        select count(*) as line_count, sum(revenue_amount - cost_amount) as amount
        from features.int_order_line_margins as l
        cross join night.parameters as p
        where l.order_date > cast(p.business_date - interval 12 month as date)
        group by product_id, site_id
        having count(cost_amount) = count(*)
    ),

    booked as (
        select
            coalesce(sum(line_count), 0) as line_count, coalesce(sum(amount), 0) as amount
        from items
    ),

    held as (
        select coalesce(sum(graded_margin_12m_amount), 0) as amount
        from features.feat_margin_quality
    ),

    compared as (
        select
            count(*) as period_count,
            count(*) filter (where not is_reconciled) as off_count,
            string_agg(
                namespace || ' ' || period_start_date || ' ' || currency_code || ' off by '
                || difference_amount, '; ' order by period_start_date, namespace, currency_code
            ) filter (where not is_reconciled) as shown
        from control.margin_reconciliation
    )

    select booked.line_count, held.amount, booked.amount, period_count, off_count, shown
    from booked cross join held cross join compared
"""


def margins_reconcile(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Finding:
    """The margins of all items are those of the order lines, and those agree with the books.

    Only periods of which the books state revenue and cost are compared with them.
    """
    del workspace
    lines, held, booked, periods, off, shown = one_row(connection, COMPARED)
    parts = [f"Items hold {held}, lines {booked}."] if held != booked else []
    return Finding(
        gate="features.feat_margin_quality.margins_reconcile",
        table="features.feat_margin_quality",
        kind="cross_table",
        is_passed=held == booked and off == 0,
        evaluated_count=lines + periods,
        failed_count=off + (held != booked),
        detail="; ".join([*parts, *([shown] if shown else [])]),
    )

"""The corporate plan beside what segments have brought: aims, their parts, and what is missing."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from orchestration.gate_book import Finding
from workspace.config.plan import Aim
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.parsing import literal
from workspace.plan import SIGNATURES, plan_hash, signed_by
from workspace.units import UNIT_KINDS
from workspace.warehouse import one_row

CONTRIBUTIONS = "segments.plan_contribution"
AIMS = "segments.plan_aim"
TOLERANCE = 0.001  # of the target: parts that come so near add up to it
STATED = {
    **dict.fromkeys(("aim", "title", "owner", "metric", "scheme_id"), pa.string()),
    **dict.fromkeys(("baseline", "target"), pa.float64()),
}
PARTS = {"aim": pa.string(), "segment_id": pa.string(), "target": pa.float64()}
# What adds up to a metric, by order line of the last 12 months.
LINES = {
    "revenue": "lines.revenue_amount",
    "margin": "lines.margin_amount",
    "cost_to_serve": "costs.cost_to_serve_amount",
    "late_lines": "case when lines.shipped_date > lines.requested_date then 1 else 0 end",
}
# Twelve months, and what the last three of them are to the same three of the year before.
OF_LINES = """
    select
        {aim} as aim, a.segment_id,
        sum(case when lines.age_months < 12 then {amount} else 0 end) as actual,
        sum(case when lines.age_months < 3 then {amount} else 0 end) as quarter,
        sum(case when lines.age_months between 12 and 14 then {amount} else 0 end) as year_before
    from segments.segment_assignment as a
    join lines using ({keys})
    left join features.feat_cost_to_serve as costs using (order_line_id)
    where a.scheme_id = {scheme}
    group by a.segment_id
"""
OF_STOCK = """
    select
        {aim} as aim, a.segment_id, sum(stock.stock_value_amount) as actual,
        cast(null as double) as quarter, cast(null as double) as year_before
    from segments.segment_assignment as a
    join facts.fct_stock as stock using ({keys})
    where a.scheme_id = {scheme}
    group by a.segment_id
"""
RESULT = """
    with lines as (
        select l.*, date_sub('month', l.order_date, p.business_date) as age_months
        from facts.fct_order_line as l
        cross join night.parameters as p
        where not l.is_cancelled and l.order_date <= p.business_date
    ),

    known as (
        {known}
    ),

    cells as (
        select aim, segment_id from known
        union
        select aim, segment_id from plan_parts
    ),

    final as (
        select
            cells.aim, cells.segment_id, aims.scheme_id, aims.metric,
            cast(coalesce(known.actual, 0) as decimal(18, 4)) as actual_amount,
            cast(case
                when known.year_before > 0 and known.quarter >= 0
                    then known.actual * cast(known.quarter as double) / known.year_before
                else coalesce(known.actual, 0)
            end as decimal(18, 4)) as projected_amount,
            cast(parts.target as decimal(18, 4)) as target_amount,
            cast(parts.target - coalesce(known.actual, 0) as decimal(18, 4)) as change_amount
        from cells
        join plan_aims as aims using (aim)
        left join known using (aim, segment_id)
        left join plan_parts as parts using (aim, segment_id)
    )

    select * from final
"""
TOTALS = """
    with brought as (
        select
            aim, sum(actual_amount) as actual_amount, sum(projected_amount) as projected_amount,
            sum(target_amount) as segment_target_amount, count(target_amount) as segment_count
        from segments.plan_contribution
        group by aim
    ),

    stated as (
        select
            plan_aims.* exclude (baseline, target),
            cast(baseline as decimal(18, 4)) as baseline_amount,
            cast(target as decimal(18, 4)) as target_amount,
            coalesce(actual_amount, 0) as actual_amount,
            coalesce(projected_amount, 0) as projected_amount,
            coalesce(segment_target_amount, 0) as segment_target_amount,
            coalesce(segment_count, 0) as segment_count
        from plan_aims
        left join brought using (aim)
    ),

    final as (
        select
            *,
            target_amount - segment_target_amount as gap_amount,
            segment_count > 0
            and abs(target_amount - segment_target_amount) <= {tolerance} * abs(target_amount)
                as is_reconciled,
            {plan} as plan_sha256,
            {signed} as signed_by,
            {is_signed} as is_signed
        from stated
    )

    select * from final
"""


def contributions(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of plan_contribution: what each segment brings, and is to bring."""
    aims = workspace.strategy.file.aims
    _lay_out(connection, aims)
    connection.register(
        "plan_parts",
        arrow_table(
            PARTS,
            [(aim.aim, segment, target) for aim in aims for segment, target in aim.targets.items()],
        ),
    )
    known = " union all by name ".join(f"({_known(aim, workspace)})" for aim in aims)
    nothing = "select aim, segment_id, null as actual, null as quarter, null as year_before"
    return RESULT.format(known=known or f"{nothing} from plan_parts where false")


def aims_of_the_plan(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of plan_aim: whether the parts of each aim add up to it, and who signed."""
    strategy = workspace.strategy.file
    _lay_out(connection, strategy.aims)
    signed = signed_by(strategy)
    return TOTALS.format(
        tolerance=TOLERANCE,
        plan=literal(plan_hash(strategy)),
        signed=literal(", ".join(signed)) if signed else "cast(null as varchar)",
        is_signed="true" if len(signed) >= SIGNATURES else "false",
    )


def _lay_out(connection: duckdb.DuckDBPyConnection, aims: tuple[Aim, ...]) -> None:
    rows = [(a.aim, a.title, a.owner, a.metric, a.scheme, a.baseline, a.target) for a in aims]
    connection.register("plan_aims", arrow_table(STATED, rows))


def _known(aim: Aim, workspace: Workspace) -> str:
    unit = workspace.schemes[aim.scheme].value.unit
    query = OF_STOCK if aim.metric == "stock_value" else OF_LINES
    return query.format(
        aim=literal(aim.aim),
        scheme=literal(aim.scheme),
        keys=", ".join(UNIT_KINDS[unit].key),
        amount=LINES.get(aim.metric, ""),
    )


def every_aim_has_segments(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Finding:
    """Every aim of the plan is somebody's: a segment is to bring a part, and the parts add up."""
    del workspace
    aims, wrong, said = one_row(
        connection,
        f"""
        select
            count(*), count(*) filter (where not is_reconciled),
            string_agg(
                case segment_count
                    when 0 then aim || ' has no segment'
                    else aim || ' lacks ' || gap_amount
                end, '; ' order by aim
            ) filter (where not is_reconciled)
        from {AIMS}
        """,
    )
    return Finding(
        gate=f"{AIMS}.every_aim_has_segments",
        table=AIMS,
        kind="cross_table",
        is_passed=wrong == 0,
        is_blocking=False,
        evaluated_count=aims,
        failed_count=wrong,
        detail=said or "",
    )

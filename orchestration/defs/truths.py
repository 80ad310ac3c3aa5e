"""Truths across tables: what no single table can show, checked before a release."""

from __future__ import annotations

from collections.abc import Callable

import dagster as dg
import duckdb

from orchestration.choice.plan import AIMS as PLAN_AIMS
from orchestration.choice.plan import every_aim_has_segments
from orchestration.costing.cost_truth import TABLE as COST_TO_SERVE
from orchestration.costing.cost_truth import cost_to_serve_reconciles
from orchestration.costing.margin_truth import margins_reconcile
from orchestration.edge_cases.fallback_truth import fallback_share_is_within_its_limit
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.gate_book import Finding, book
from orchestration.resource import Night
from orchestration.segments.agreement import TABLE as AGREEMENT
from orchestration.segments.agreement import reduced_schemes_agree
from orchestration.segments.churn import TABLE as CHURN
from orchestration.segments.churn_truth import (
    churn_is_within_its_limit,
    value_moved_is_within_its_limit,
)
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

ASSIGNMENT = "segments.segment_assignment"
Truth = Callable[[duckdb.DuckDBPyConnection, Workspace], Finding]


def every_unit_has_one_segment(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """Every unit has exactly one segment in every scheme of its kind; uniqueness is the key's."""
    expected_units = " union all ".join(
        f"select {literal(name)} as scheme_id, {unit_key(UNIT_KINDS[read.value.unit].key, 'u')} "
        f"as unit_id from {UNIT_KINDS[read.value.unit].universe} as u"
        for name, read in workspace.schemes.items()
    )
    expected, missing = one_row(
        connection,
        f"""
        with expected as ({expected_units})

        select count(*), count(*) filter (where a.segment_id is null)
        from expected
        left join segments.segment_assignment as a using (scheme_id, unit_id)
        """,
    )
    return Finding(
        gate=f"{ASSIGNMENT}.every_unit_has_one_segment",
        table=ASSIGNMENT,
        kind="cross_table",
        is_passed=missing == 0 and expected > 0,
        evaluated_count=expected,
        failed_count=missing,
        detail=f"{missing} of {expected} units have no segment." if missing else "",
    )


def revenue_reconciles(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Finding:
    """The segments of each scheme hold, to the cent, the revenue of the order lines."""
    del workspace
    lines, wrong, shown = one_row(
        connection,
        """
        with booked as (
            select count(*) as line_count, coalesce(sum(revenue_amount), 0) as amount
            from facts.fct_order_line as l
            cross join night.parameters as p
            where
                not l.is_cancelled
                and l.order_date > p.business_date - interval 12 month
                and l.order_date <= p.business_date
        ),

        held as (
            select scheme_id, sum(value_12m_amount) as amount
            from segments.segment_matrix group by scheme_id
        )

        select
            any_value(booked.line_count),
            count(*) filter (where held.amount <> booked.amount),
            string_agg(held.scheme_id || ' ' || held.amount || ' against ' || booked.amount, '; ')
                filter (where held.amount <> booked.amount)
        from held cross join booked
        """,
    )
    return Finding(
        gate="segments.segment_matrix.revenue_reconciles",
        table="segments.segment_matrix",
        kind="cross_table",
        is_passed=wrong == 0,
        evaluated_count=lines or 0,
        failed_count=wrong,
        detail=shown or "",
    )


def every_target_has_a_policy(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """Every unit in a cell with a service target has a safety stock and a reorder policy."""
    scheme = workspace.policies["stock"].value.scheme
    expected, missing = one_row(
        connection,
        """
        select
            count(*),
            count(*) filter (where s.product_id is null or r.product_id is null)
        from segments.segment_assignment as a
        join policies.policy_service_target as t using (segment_id)
        left join policies.policy_safety_stock as s
            on s.product_id = a.product_id and s.site_id = a.site_id
        left join policies.policy_reorder as r
            on r.product_id = a.product_id and r.site_id = a.site_id
        where a.scheme_id = ?
        """,
        [scheme],
    )
    return Finding(
        gate="policies.policy_reorder.every_target_has_a_policy",
        table="policies.policy_reorder",
        kind="cross_table",
        is_passed=missing == 0,
        evaluated_count=expected,
        failed_count=missing,
        detail=f"{missing} of {expected} units lack a policy." if missing else "",
    )


TRUTHS: dict[str, tuple[str, Truth, tuple[str, ...]]] = {
    "every_unit_has_one_segment": (ASSIGNMENT, every_unit_has_one_segment, ()),
    "revenue_reconciles": ("segments.segment_matrix", revenue_reconciles, ()),
    "margins_reconcile": (
        "features.feat_margin_quality",
        margins_reconcile,
        ("control.margin_reconciliation",),
    ),
    "churn_is_within_its_limit": (CHURN, churn_is_within_its_limit, ()),
    "value_moved_is_within_its_limit": (CHURN, value_moved_is_within_its_limit, (ASSIGNMENT,)),
    "every_target_has_a_policy": (
        "policies.policy_reorder",
        every_target_has_a_policy,
        ("policies.policy_safety_stock",),
    ),
    "fallback_share_is_within_its_limit": (
        FALLBACKS,
        fallback_share_is_within_its_limit,
        ("segments.segment_explanations",),
    ),
    "reduced_schemes_agree": (AGREEMENT, reduced_schemes_agree, ()),
    "every_aim_has_segments": (PLAN_AIMS, every_aim_has_segments, ()),
    "cost_to_serve_reconciles": (
        COST_TO_SERVE,
        cost_to_serve_reconciles,
        ("features.activity_cost_allocation", "features.int_freight_shares"),
    ),
}


def _check(
    name: str, table: str, truth: Truth, others: tuple[str, ...]
) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=dg.AssetKey(table.split(".", 1)),
        name=name,
        description=truth.__doc__,
        blocking=True,
        additional_deps=[dg.AssetKey(other.split(".", 1)) for other in others],
    )
    def check(night: Night) -> dg.AssetCheckResult:
        with night.warehouse() as connection:
            finding = truth(connection, night.workspace)
            book(connection, finding)
        return finding.as_check(name)

    return check


@dg.definitions
def truths() -> dg.Definitions:
    """Make one blocking check for each truth."""
    return dg.Definitions(asset_checks=[_check(name, *parts) for name, parts in TRUTHS.items()])

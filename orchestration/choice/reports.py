"""The tables that a choice of scheme rests on: rows of what `models.choice` finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import polars as pl

from models.choice.concentration import Concentration
from models.choice.count_frontier import Point
from orchestration.choice.counts import Counted, configuration, count_segments
from orchestration.choice.items import compare_item_drivers, evaluate_settings, read_items
from orchestration.choice.lines import ALL, Judged, aspect_of, assess_grains, judge_axes
from workspace.config.strategy_file import SegmentCount
from workspace.folder import Workspace
from workspace.table_contract import contract

AXES = "segments.axis_selection_report"
DRIVERS = "segments.driver_comparison"
AGREEMENT = "segments.driver_agreement"
SWITCHES = "segments.driver_switch"
COUNTS = "segments.segment_count_frontier"
GRAINS = "segments.grain_assessment"
OBJECTIVES = "segments.objective_frontier"
DIGITS = 12
TYPES = {"string": pl.String, "bigint": pl.Int64, "boolean": pl.Boolean}


def axis_selection_report(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Weigh the axes that order lines may be segmented along."""
    strategy = workspace.strategy.file
    asked = strategy.axis_evidence
    judged = judge_axes(
        connection,
        weights=asked.weights.model_dump(),
        charge=asked.hybrid_charge,
        orders=asked.sampled_orders,
        resamples=asked.resamples,
    )
    rows = [
        row for each in judged for row in (*_axis_facts(each), *_axis_scores(each, strategy.axis))
    ]
    return _query(connection, AXES, rows)


def _axis_facts(judged: Judged) -> list[dict[str, Any]]:
    return [
        {
            "business_unit": judged.business_unit,
            "axis": axis,
            "fact": fact,
            "aspect": aspect_of(fact),
            "weight_rate": judged.weights[fact] / (sum(judged.weights.values()) or 1.0),
            "order_line_count": found.count,
            "cell_count": found.cells,
            "eta_squared_rate": found.eta,
            "epsilon_squared_rate": found.epsilon,
            "chance_rate": found.chance,
            "explained_rate": None if found.eta is None else found.evidence,
        }
        for (axis, fact), found in judged.verdict.evidence.items()
    ]


def _axis_scores(judged: Judged, declared: str) -> list[dict[str, Any]]:
    verdict = judged.verdict
    return [
        {
            "business_unit": judged.business_unit,
            "axis": scored.candidate.name,
            "fact": ALL,
            "cell_count": scored.cells,
            "score_ratio": scored.score,
            "chosen_rate": scored.chosen_rate,
            "is_best": scored.candidate.name == verdict.best,
            "is_declared": declared
            == ("matrix" if len(scored.candidate.axes) > 1 else scored.candidate.name),
            "verdict": verdict.verdict,
            **_concentrated(judged.concentrations.get(scored.candidate.name)),
        }
        for scored in verdict.scored
    ]


def _concentrated(found: Concentration | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "unit_count": found.unit_count,
        "gini_ratio": found.gini,
        "hhi_ratio": found.hhi,
        "top_fifth_revenue_rate": found.top_fifth_share,
        "four_fifths_unit_rate": found.units_for_four_fifths_share,
    }


def driver_comparison(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Compare what classing items by each driver would cost."""
    strategy = workspace.strategy.file
    items = read_items(connection, workspace.policies["stock"].value, strategy.driver_comparison)
    compared = strategy.driver_comparison
    found = compare_item_drivers(items, compared, strategy.driver)
    effect, width = pl.col("financial_effect_amount"), pl.col("effect_half_width_amount")
    drivers = found.comparison.drivers.rename({"is_reference": "is_declared"}).with_columns(
        item_count=found.item_count,
        unproven_count=found.unproven_count,
        incomplete_count=found.incomplete_count,
        is_certain=effect.abs() > width,
        shortage_factor_ratio=items.shortage_factor,
    )
    return _query(connection, DRIVERS, drivers.to_dicts())


def driver_agreement(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Compare how drivers rank and class the same items."""
    strategy = workspace.strategy.file
    items = read_items(connection, workspace.policies["stock"].value, strategy.driver_comparison)
    found = compare_item_drivers(items, strategy.driver_comparison, strategy.driver)
    return _query(connection, AGREEMENT, found.comparison.agreement.to_dicts())


def driver_switch(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Count the items that change class from driver to driver."""
    strategy = workspace.strategy.file
    items = read_items(connection, workspace.policies["stock"].value, strategy.driver_comparison)
    found = compare_item_drivers(items, strategy.driver_comparison, strategy.driver)
    return _query(connection, SWITCHES, found.comparison.switches.to_dicts())


def segment_count_frontier(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Weigh numbers of segments by what one policy for each costs."""
    asked = workspace.strategy.file.segment_count
    policy = workspace.policies["stock"].value
    items = read_items(connection, policy, workspace.strategy.file.driver_comparison)
    found = count_segments(connection, items, asked, policy.defaults)
    return _query(connection, COUNTS, _counts(found, asked) if found else [])


def _counts(found: Counted, asked: SegmentCount) -> list[dict[str, Any]]:
    frontier, kept = found.frontier, configuration(asked)
    least = min(point.criterion for point in frontier.points)

    def total(point: Point) -> float:
        return point.later + asked.charge_amount * point.segments

    fitting = [point for point in frontier.points if point.segments <= kept.most_segments]
    cheapest = min(fitting or frontier.points[:1], key=total).segments
    return [
        {
            "segment_count": point.segments,
            "item_count": found.item_count,
            "eligible_count": found.eligible_count,
            "fitted_cost_amount": point.fitted,
            "benefit_rate": point.benefit,
            "later_cost_amount": point.later,
            "later_error_amount": point.later_error,
            "enough_rate": found.enough[point.segments],
            "fitted_item_cost_amount": frontier.fitted_by_item,
            "later_item_cost_amount": frontier.later_by_item,
            "criterion_excess_ratio": point.criterion - least,
            "charge_amount": asked.charge_amount * point.segments,
            "total_cost_amount": total(point),
            "record_count": kept.records(point.segments),
            "records_by_kind": json.dumps(
                {kind: each * point.segments for kind, each in kept.objects.items()}
            ),
            "fits_target_field": point.segments <= kept.most_segments,
            "is_good_enough": point.segments == frontier.good_enough,
            "is_best_later": point.segments == frontier.later_best,
            "is_advised": point.segments == frontier.advised,
            "is_best_by_criterion": point.segments == frontier.by_criterion,
            "is_cheapest": point.segments == cheapest,
        }
        for point in frontier.points
    ]


def grain_assessment(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Assess the grains that segments may be kept at."""
    strategy = workspace.strategy.file
    points: dict[str, int] = {
        grain: len(named) for grain, named in strategy.grains.control_points.items()
    }
    found = assess_grains(
        connection,
        weights=strategy.axis_evidence.weights.model_dump(),
        orders=strategy.axis_evidence.sampled_orders,
        minimum_lines=strategy.grains.minimum_lines,
        decisions=strategy.grains.decisions,
        control_points=points,
    )
    rows = [
        {
            "grain": each.name,
            "is_declared": each.name == strategy.grain,
            "entity_count": each.entities,
            "within_variance_rate": each.within,
            "unexplained_rate": each.unexplained,
            "median_line_count": each.median_lines,
            "has_history": each.has_history,
            "load_count": each.load,
            "control_point_count": points.get(each.name, 0),
            "covered_rate": each.covered,
            "score_rate": each.score,
        }
        for each in found
    ]
    return _query(connection, GRAINS, rows)


def objective_frontier(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Evaluate settings of the stock policy, and keep those that none other beats."""
    strategy, policy = workspace.strategy.file, workspace.policies["stock"].value
    items = read_items(connection, policy, strategy.driver_comparison)
    recorded = (strategy.objective.targets, strategy.objective.lot_factor)
    cost = policy.defaults.ordering_cost_amount
    rows = [
        {
            "targets": found.setting.name,
            "lot_factor_ratio": found.setting.lot_factor,
            "is_recorded": found.is_agreed,
            "dominated_by": found.better,
            "item_count": found.item_count,
            "fill_rate": found.outcome.fill_rate,
            "stock_value_amount": found.outcome.stock,
            "serving_cost_amount": found.outcome.cost,
        }
        for found in evaluate_settings(items, order_cost=cost, agreed=recorded)
    ]
    return _query(connection, OBJECTIVES, rows)


def _query(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[dict[str, Any]]) -> str:
    """Lay rows out with the columns of their contract, numbers rounded; what is absent is null."""
    described = contract(name)
    schema = {column.name: TYPES.get(column.data_type, pl.Float64) for column in described.columns}
    complete = [{column: row.get(column) for column in schema} for row in rows]
    frame = pl.DataFrame(complete, schema=schema).with_columns(pl.col(pl.Float64).round(DIGITS))
    connection.register(described.table, frame)
    return f"select * from {described.table}"

"""The circuit breaker: a night that moves too many units, or too much value, is not published."""

from __future__ import annotations

import duckdb

from orchestration.gate_book import Finding
from orchestration.segments.churn import TABLE as CHURN
from orchestration.segments.held_units import FORMER_UNIT
from workspace.folder import Workspace

SHOWN = 5  # ways of moving that are told of, the largest first
# Units that had a segment before and have one now; losses weigh like gains.
MOVED = f"""
    with before as (
        select scheme_id, {FORMER_UNIT} as unit_id, segment_id, value_at_stake_amount
        from prior.segment_assignment as p
    )

    select
        a.scheme_id, before.segment_id, a.segment_id,
        count(*) as unit_count,
        coalesce(sum(abs(coalesce(a.value_at_stake_amount, before.value_at_stake_amount))), 0)
            as value_amount
    from segments.segment_assignment as a
    join before on before.scheme_id = a.scheme_id and before.unit_id = a.unit_id
    group by all
    order by a.scheme_id, value_amount desc, before.segment_id, a.segment_id
"""
Way = tuple[str, str, int, float]  # from, to, units, value


def churn_is_within_its_limit(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """No scheme moves a larger share of its units in one night than the workspace allows."""
    limit = workspace.file.gates.maximum_churn_share
    return _within(connection, "churn_is_within_its_limit", limit, of_value=False)


def value_moved_is_within_its_limit(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Finding:
    """No scheme moves a larger share of its value at stake in one night than is allowed."""
    gates = workspace.file.gates
    limit = gates.maximum_value_moved_share
    if limit is None:
        limit = gates.maximum_churn_share
    return _within(connection, "value_moved_is_within_its_limit", limit, of_value=True)


def _within(
    connection: duckdb.DuckDBPyConnection, gate: str, limit: float, *, of_value: bool
) -> Finding:
    schemes: dict[str, list[Way]] = {}
    for scheme, came_from, went_to, units, value in connection.execute(MOVED).fetchall():
        schemes.setdefault(scheme, []).append((came_from, went_to, units, float(value)))
    over = []
    for scheme, ways in schemes.items():
        moved = [way for way in ways if way[0] != way[1]]
        size = sum(way[3] if of_value else way[2] for way in moved)
        whole = sum(way[3] if of_value else way[2] for way in ways)
        if size > limit * whole:
            what = (
                f"{size:,.0f} of {whole:,.0f} of value" if of_value else f"{size} of {whole} units"
            )
            over.append(f"{scheme}: {what} moved, limit {limit:.0%} ({_told(moved)}).")
    everything = [way for ways in schemes.values() for way in ways]
    return Finding(
        gate=f"{CHURN}.{gate}",
        table=CHURN,
        kind="cross_table",
        is_passed=not over,
        evaluated_count=sum(units for _, _, units, _ in everything),
        failed_count=sum(units for a, b, units, _ in everything if a != b),
        detail=" ".join(over),
    )


def _told(moved: list[Way]) -> str:
    """Tell of the largest ways of moving."""
    shown = ", ".join(f"{a} to {b}: {units}" for a, b, units, _ in moved[:SHOWN])
    return shown + (", …" if len(moved) > SHOWN else "")

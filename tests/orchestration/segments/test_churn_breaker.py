"""Nights reclassify by themselves; one that moves too much is not published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from models.stability.replay import Evaluation, replay
from models.stability.step import NONE, Stability
from orchestration.defs.truths import truths
from orchestration.segments.churn_truth import (
    churn_is_within_its_limit,
    value_moved_is_within_its_limit,
)
from orchestration.segments.stability import TABLE as STABILITY
from tests.orchestration.segments.steady_nights import Nights, company
from workspace.folder import Workspace

ROLLING = "{band: 0.1, confirm: {nights: 2, of: 3}, dwell_days: 4}"
CUSTOMERS = [f"c{number:02}" for number in range(20)]
SEGMENTS = ("small", "middle", "large")
BREAKERS = ("churn_is_within_its_limit", "value_moved_is_within_its_limit")


def limited(workspace: Workspace, **gates: float) -> Workspace:
    file = workspace.file
    return workspace.__class__(
        **{**vars(workspace), "file": file.model_copy(
            update={"gates": file.gates.model_copy(update=gates)}
        )}
    )  # fmt: skip


def revenues(nights: int) -> np.ndarray:
    """Rolling revenues that wander by some per cent a night, on both sides of the cuts."""
    random = np.random.default_rng(5)
    start = random.uniform(1500, 8000, len(CUSTOMERS))
    return start * np.exp(np.cumsum(random.normal(0, 0.22, (nights, len(CUSTOMERS))), axis=0))


def specs() -> dict[str, dg.AssetCheckSpec]:
    return {s.name: s for check in truths().asset_checks or () for s in check.check_specs}


@pytest.mark.requirement("S4.M9.B5")
def test_rolling_nights_move_by_themselves_reproducibly_and_too_many_moves_stop_publication(
    tmp_path: Path,
) -> None:
    told = Nights(company(tmp_path / "company", size=ROLLING, abc=ROLLING))
    rolling = revenues(9).round(4)
    in_force = []
    for row in rolling:
        told.night(dict(zip(CUSTOMERS, map(float, row), strict=True)))
        in_force.append([told.in_force()[customer] for customer in CUSTOMERS])
        for breaker in (churn_is_within_its_limit, value_moved_is_within_its_limit):
            assert breaker(told.connection, told.workspace).is_passed
    again = replay(
        [
            Evaluation(
                day=number,
                values=row,
                cuts=np.array([2000.0, 6000.0]),
                other=np.full(len(CUSTOMERS), NONE, np.int32),
            )
            for number, row in enumerate(rolling)
        ],
        Stability(band=0.1, confirm=2, among=3, dwell_days=4),
        is_falling=False,
    )
    assert again.is_moved.sum() >= 4
    assert in_force == [[SEGMENTS[code] for code in row] for row in again.in_force]
    begin = told.day - timedelta(days=len(rolling) - 1)
    replayed = {
        customer: [begin + timedelta(days=int(day)) for day in again.days[again.is_moved[:, unit]]]
        for unit, customer in enumerate(CUSTOMERS)
    }
    of_size = "scheme_id = 'customer_size'"
    assert {row["unit_id"]: row["moved_date"] for row in told.rows(STABILITY, of_size)} == {
        customer: days[-1] if days else None for customer, days in replayed.items()
    }
    for _ in range(2):
        told.night(dict.fromkeys(CUSTOMERS, 100.0), days=30)
    stopped = churn_is_within_its_limit(told.connection, told.workspace)
    assert not stopped.is_passed
    assert stopped.is_blocking
    assert all(specs()[breaker].blocking for breaker in BREAKERS)


def test_few_units_of_much_value_break_the_circuit_too(tmp_path: Path) -> None:
    before = dict.fromkeys(CUSTOMERS, 100.0) | {"c00": 5000.0, "c01": 5000.0}
    told = Nights(company(tmp_path / "company")).night(before)
    told.night(before | {"c00": 9000.0})
    workspace = told.workspace
    assert churn_is_within_its_limit(told.connection, workspace).is_passed
    found = value_moved_is_within_its_limit(told.connection, workspace)
    assert not found.is_passed
    assert found.detail.startswith("customer_cell: 9,000 of 15,800 of value moved, limit 25%")
    assert "customer_size: 9,000 of 15,800 of value moved, limit 25% (middle to large: 1)." in (
        found.detail
    )
    wider = limited(workspace, maximum_value_moved_share=0.6)
    assert value_moved_is_within_its_limit(told.connection, wider).is_passed
    none = limited(workspace, maximum_value_moved_share=0.0)
    assert not value_moved_is_within_its_limit(told.connection, none).is_passed


def test_breakers_are_checks_of_the_churn_table() -> None:
    for breaker in BREAKERS:
        assert specs()[breaker].asset_key == dg.AssetKey(["segments", "segment_churn"])

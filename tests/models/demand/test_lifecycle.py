"""Stages of life, planners' patterns and grades of history, at their limits."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from models.demand.lifecycle import history_grade, lifecycle_stage, planning_pattern

GROWN = {
    "is_discontinued": False,
    "history_weeks_count": 156,
    "demand_weeks_count": 100,
    "weeks_since_demand_count": 0,
    "recent_growth_ratio": 1.0,
    "recent_growth_z_ratio": 0.0,
    "syntetos_boylan_class": "smooth",
    "season_p_value": 0.5,
}

RATIOS = [name for name, value in GROWN.items() if isinstance(value, float)]


def said(expression: pl.Expr, **differing: Any) -> str:
    row = pl.DataFrame({**GROWN, **differing}).cast(dict.fromkeys(RATIOS, pl.Float64))
    return str(row.select(expression).item())


@pytest.mark.parametrize(
    ("differing", "stage"),
    [
        ({}, "mature"),
        ({"history_weeks_count": 0, "demand_weeks_count": 0}, "no_demand"),
        ({"history_weeks_count": 25}, "new"),
        ({"history_weeks_count": 26}, "mature"),
        ({"is_discontinued": True}, "end_of_life"),
        ({"weeks_since_demand_count": 25}, "mature"),
        ({"weeks_since_demand_count": 26}, "end_of_life"),
        ({"weeks_since_demand_count": 39, "demand_weeks_count": 11}, "mature"),
        ({"weeks_since_demand_count": 43, "demand_weeks_count": 11}, "end_of_life"),
        ({"recent_growth_ratio": 1.25, "recent_growth_z_ratio": 2.0}, "growth"),
        ({"recent_growth_ratio": 1.24, "recent_growth_z_ratio": 9.0}, "mature"),
        ({"recent_growth_ratio": 3.0, "recent_growth_z_ratio": 1.9}, "mature"),
        ({"recent_growth_ratio": 0.8, "recent_growth_z_ratio": -2.0}, "decline"),
        ({"recent_growth_ratio": 0.81, "recent_growth_z_ratio": -9.0}, "mature"),
        ({"recent_growth_ratio": None, "recent_growth_z_ratio": None}, "mature"),
    ],
)
def test_a_stage_of_life_begins_at_its_limit(differing: dict[str, Any], stage: str) -> None:
    assert said(lifecycle_stage(), **differing) == stage


@pytest.mark.parametrize(
    ("differing", "pattern"),
    [
        ({}, "stable"),
        ({"season_p_value": 0.0099}, "seasonal"),
        ({"season_p_value": 0.01}, "stable"),
        ({"season_p_value": None}, "stable"),
        ({"syntetos_boylan_class": "erratic"}, "erratic"),
        ({"syntetos_boylan_class": "erratic", "season_p_value": 0.001}, "seasonal"),
        ({"syntetos_boylan_class": "lumpy", "season_p_value": 0.001}, "lumpy"),
        ({"syntetos_boylan_class": "intermittent"}, "lumpy"),
        ({"syntetos_boylan_class": "undefined"}, "undefined"),
    ],
)
def test_a_pattern_follows_from_class_and_season(differing: dict[str, Any], pattern: str) -> None:
    assert said(planning_pattern(), **differing) == pattern


@pytest.mark.parametrize(
    ("weeks", "demands", "grade"),
    [
        (0, 0, "none"),
        (104, 10, "A"),
        (104, 9, "C"),
        (103, 10, "B"),
        (51, 40, "C"),
        (26, 2, "C"),
        (26, 1, "D"),
        (25, 25, "D"),
    ],
)
def test_a_grade_asks_for_weeks_and_for_demands(weeks: int, demands: int, grade: str) -> None:
    assert said(history_grade(), history_weeks_count=weeks, demand_weeks_count=demands) == grade

"""What a scheme decides binds who reads it, and how often it may move its units."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.small_company import Company
from workspace.configuration_check import check_workspace
from workspace.decisions import decision_class
from workspace.errors import ConfigurationErrors

XYZ = """\
scheme: xyz
title: XYZ
description: By variation.
owner: planning
method: {kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}
fallback: Z
"""
PAIRS = """\
scheme: pairs
title: Twice
description: The same twice.
owner: planning
method: {kind: matrix, rows: xyz, columns: network}
DECISION
"""
YEARLY = "stability: {band: 0, moves: yearly}\ndecision: {kind: strategic, horizon_months: 12}\n"


def company(root: Path, network: str, *, pairs: str | None = None, strategy: str = "") -> Company:
    found = Company(root=root).configure("segmentation/xyz.yml", text=XYZ)
    text = XYZ.replace("scheme: xyz", "scheme: network") + network
    found = found.configure("segmentation/network.yml", text=text)
    if pairs is not None:
        found = found.configure("segmentation/pairs.yml", text=PAIRS.replace("DECISION", pairs))
    return found.configure("strategy.yml", text=strategy) if strategy else found


def codes(found: Company) -> list[str]:
    try:
        check_workspace(found.open())
    except ConfigurationErrors as errors:
        return [error.code for error in errors.errors]
    return []


@pytest.mark.requirement("S3.M1.B3")
def test_readers_and_pace_are_those_of_the_decision(tmp_path: Path) -> None:
    # A tactical reader of a strategic scheme is refused unless it is allowed.
    assert codes(company(tmp_path / "a", YEARLY, pairs="")) == ["DECISION_CLASS"]
    allowed = YEARLY.replace("12}", "12, tactical_readers: [pairs]}")
    assert codes(company(tmp_path / "b", allowed, pairs="")) == []
    strategic = "decision: {kind: strategic}"
    assert codes(company(tmp_path / "c", YEARLY, pairs=strategic)) == []
    # Faster than the declared horizon is refused.
    for number, moves in enumerate(("nightly", "monthly", "quarterly", "half_yearly")):
        faster = YEARLY.replace("yearly", moves, 1)
        assert codes(company(tmp_path / f"d{number}", faster)) == ["DECISION_HORIZON"]
    assert codes(company(tmp_path / "e", YEARLY.replace("12}", "24}"))) == ["DECISION_HORIZON"]
    assert codes(company(tmp_path / "f", YEARLY.replace("moves: yearly", "moves: never"))) == []
    between = YEARLY.replace("moves: yearly", "moves: yearly, moves_between: 5")
    assert codes(company(tmp_path / "g", between)) == ["DECISION_HORIZON"]
    # Each scheme has one class: its own, or the company's.
    workspace = company(tmp_path / "h", YEARLY).open()
    assert {name: decision_class(workspace, name) for name in workspace.schemes} == {
        **dict.fromkeys(workspace.schemes, "tactical"),
        "network": "strategic",
    }


def test_what_strategy_says_holds_for_schemes_that_say_nothing(tmp_path: Path) -> None:
    static = "membership: static\n"
    assert "DECISION_HORIZON" in codes(company(tmp_path / "a", "", strategy=static))
    all_strategic = "decision_class: strategic\nhorizon_months: 6\n"
    found = codes(company(tmp_path / "b", YEARLY, strategy=all_strategic))
    assert "DECISION_HORIZON" in found  # the other schemes move every night
    workspace = company(tmp_path / "c", "", strategy=all_strategic).open()
    assert {decision_class(workspace, name) for name in workspace.schemes} == {"strategic"}


def test_a_reader_that_is_not_there_is_refused(tmp_path: Path) -> None:
    allowed = YEARLY.replace("12}", "12, tactical_readers: [pears]}")
    assert codes(company(tmp_path, allowed)) == ["CONFIG_REFERENCE"]

"""strategy.yml: what it says when it is absent, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.choice.objective import LOT_FACTORS, target_names
from workspace.config.strategy_file import Objective, StrategyFile
from workspace.errors import ConfigurationErrors
from workspace.strategy import read_strategy


def faults(tmp_path: Path, text: str) -> str:
    (tmp_path / "strategy.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationErrors) as refused:
        read_strategy(tmp_path)
    return "\n".join(map(str, refused.value.errors))


def test_without_the_file_the_defaults_hold(tmp_path: Path) -> None:
    read = read_strategy(tmp_path)
    assert (read.files, read.file) == ((), StrategyFile())


def test_what_is_declared_is_read(tmp_path: Path) -> None:
    text = "axis: customer\ndriver: economic\nobjective: {targets: own x 2, lot_factor: 1.4}\n"
    (tmp_path / "strategy.yml").write_text(text, encoding="utf-8")
    read = read_strategy(tmp_path)
    assert read.files == (tmp_path / "strategy.yml",)
    assert (read.file.axis, read.file.driver) == ("customer", "economic")
    assert read.file.objective == Objective(targets="own x 2", lot_factor=1.4)


def test_every_setting_that_is_compared_may_be_recorded() -> None:
    for targets in target_names():
        for factor in LOT_FACTORS:
            assert Objective(targets=targets, lot_factor=factor).targets == targets


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("axis: planet", "axis"),
        ("driver: gut", "driver"),
        ("objective: {targets: perfect}", "perfect is none of classes, uniform 0.80"),
        ("objective: {lot_factor: 3}", "3.0 is none of 0.5"),
        ("axis_evidence: {weights: {service: 0, cost_to_serve: 0, volatility: 0, complexity: 0}}",
         "no aspect has a weight"),
        ("axis_evidence: {resamples: 2}", "resamples"),
        ("driver_comparison: {blend: {margin: 0, volume: 0, risk: 0}}", "no driver has a weight"),
        ("driver_comparison: {blend: {colour: 1}}", "colour"),
        ("driver_comparison: {classes: {A: {items: 0.5, target: 0.9}}}", "1 classes hold 0.5"),
        ("segment_count: {field: {characters: 0}}", "characters"),
        ("segment_count: {objects: {reports: -1}}", "reports"),
        ("horizon: 12", "Did you mean"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    found = faults(tmp_path, text + "\n")
    assert said in found
    assert "strategy.yml:1" in found

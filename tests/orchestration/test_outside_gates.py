"""A night is not held for data from outside: their gates report, and let it pass."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.gates import gates
from workspace.config.entities import entities


@pytest.mark.parametrize("entity", ["external_signals", "pos_sales", "order_lines", "products"])
def test_gates_block_but_for_data_from_outside(
    entity: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIERWISE_WORKSPACE", str(root / "data" / "demo"))
    specs = [
        spec
        for checks in gates().asset_checks or ()
        if isinstance(checks, dg.AssetChecksDefinition)
        for spec in checks.check_specs
        if spec.asset_key.path == ["raw", entity]
    ]
    assert specs
    is_outside = entity in {"external_signals", "pos_sales"}
    assert {spec.blocking for spec in specs} == {not is_outside}
    assert entities()[entity].never_blocks == is_outside

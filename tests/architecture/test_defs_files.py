from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.repository import kept, relative, syntax

BUILDER = "definitions"
DECORATORS = {
    "asset", "multi_asset", "graph_asset", "dbt_assets", "asset_check", "multi_asset_check",
    "job", "schedule", "sensor", "run_failure_sensor", "run_status_sensor",
}  # fmt: skip


def test_a_file_of_defs_either_decorates_or_builds() -> None:
    # Dagster returns only what a builder returns: what is decorated beside it vanishes unsaid.
    both = {
        relative(path)
        for path in kept(".py", "orchestration")
        if path.parent.name == "defs" and _decorators(path) > {BUILDER}
    }
    assert both == set()


def _decorators(path: Path) -> set[str]:
    """Return which of Dagster's decorators a file uses at its top level."""
    used = {
        _name(decorator)
        for statement in syntax(path).body
        if isinstance(statement, ast.FunctionDef)
        for decorator in statement.decorator_list
    }
    return used & (DECORATORS | {BUILDER})


def _name(decorator: ast.expr) -> str:
    """Return the last word of a decorator: `asset` of `@dg.asset(...)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")

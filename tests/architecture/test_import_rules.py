from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, ROOT, kept, relative, syntax


def run(*command: str) -> str:
    """Return what a program says, or fail with it."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)
    return done.stdout


def test_packages_import_only_what_lies_below_them() -> None:
    run(str(Path(sys.executable).with_name("lint-imports")))


def test_great_expectations_and_pandas_are_imported_inside_functions_only() -> None:
    found = {
        relative(path)
        for path in kept(".py", *PACKAGES)
        for statement in syntax(path).body
        for name in _imported(statement)
        if name.split(".")[0] in {"great_expectations", "pandas"}
    }
    assert found == set()


@pytest.mark.parametrize(
    ("load", "heavy"),
    [
        (
            "from orchestration.definitions import defs; defs()",
            {"great_expectations", "pandas", "sklearn"},
        ),
        (
            "import cli.main",
            {"dagster", "duckdb", "great_expectations", "numpy", "polars", "pyarrow", "scipy"},
        ),
    ],
    ids=["code location", "command line"],
)
def test_loading_imports_nothing_heavy(load: str, heavy: set[str]) -> None:
    program = f"import sys; {load}; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    run(sys.executable, "-c", program)


def _imported(statement: ast.stmt) -> list[str]:
    """Return the modules that a top-level statement imports."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [statement.module or ""]
    return []

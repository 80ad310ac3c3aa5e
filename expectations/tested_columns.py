"""Which columns a suite tests, read from its text: to import Great Expectations takes seconds."""

from __future__ import annotations

import ast

from expectations.gate import COLUMN_ARGUMENTS, SUITES, tables


def tested_columns() -> dict[str, tuple[str, ...]]:
    """Return table → the columns that its suite names, sorted; a suite names them as literals."""
    return {table: _columns(table) for table in tables()}


def _columns(table: str) -> tuple[str, ...]:
    file = SUITES / f"{table.replace('.', '__', 1)}.py"
    named = {
        keyword.value.value
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg in COLUMN_ARGUMENTS and isinstance(keyword.value, ast.Constant)
    }
    return tuple(sorted(str(column) for column in named))

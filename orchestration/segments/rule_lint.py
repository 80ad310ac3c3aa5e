"""What lint has found in tonight's rules, as a table."""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa

from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.rule_lint import lint_schemes

TABLE = "segments.rule_lint"
_TYPES = {
    "scheme_id": pa.string(),
    "finding_number": pa.int32(),
    "finding_code": pa.string(),
    "rule_ids": pa.string(),
    "detail": pa.string(),
    "witness": pa.string(),
    "is_proven": pa.bool_(),
}


def rule_lint(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Lint all schemes; return the query of rule_lint."""
    numbers: dict[str, int] = {}
    rows = []
    for placed in lint_schemes(workspace):
        finding = placed.finding
        numbers[placed.scheme_id] = numbers.get(placed.scheme_id, 0) + 1
        rows.append(
            (
                placed.scheme_id,
                numbers[placed.scheme_id],
                finding.code.value,
                ", ".join(finding.rules),
                finding.detail,
                json.dumps(finding.witness, ensure_ascii=False),
                finding.is_proven,
            )
        )
    connection.register("found_by_lint", arrow_table(_TYPES, rows))
    return "select * from found_by_lint"

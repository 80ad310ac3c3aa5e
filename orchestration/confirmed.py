"""Values that stewards have confirmed in the files below quality/, as a relation for SQL."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from workspace.config.outlier_file import Confirmed


def register_confirmed(
    connection: duckdb.DuckDBPyConnection, name: str, confirmed: Sequence[Confirmed]
) -> None:
    """Register a relation of metric_name, unit_id, value and reason, one row for each value."""
    columns = {
        "metric_name": pa.array([entry.metric for entry in confirmed], pa.string()),
        "unit_id": pa.array([entry.unit for entry in confirmed], pa.string()),
        "value": pa.array([entry.value for entry in confirmed], pa.float64()),
        "reason": pa.array([entry.reason for entry in confirmed], pa.string()),
    }
    connection.register(name, pa.table(columns))

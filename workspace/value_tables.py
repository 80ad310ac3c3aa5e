"""What SQL knows of the settings for customer value and margins."""

from __future__ import annotations

import math
from decimal import Decimal

import duckdb
import pyarrow as pa

from workspace.config.value_settings import CustomerValueSettings, MarginSettings, in_units
from workspace.given_rows import create_from


def land_value_settings(
    connection: duckdb.DuckDBPyConnection, customers: CustomerValueSettings, margins: MarginSettings
) -> None:
    """Create night.value_settings: one row; a measure that never decays has no half-life."""
    lives = customers.half_life_days
    columns = {
        f"{name}_half_life_days": pa.array([_finite(in_units(getattr(lives, name)))], pa.float64())
        for name in type(lives).model_fields
    }
    widths = margins.half_width_rates
    rates = {
        "coverage_rate": margins.coverage_rate,
        "tolerance_rate": margins.tolerance_rate,
        **{f"{name}_half_width_rate": getattr(widths, name) for name in type(widths).model_fields},
    }
    columns |= {
        name: pa.array([Decimal(rate)], pa.decimal128(9, 6)) for name, rate in rates.items()
    }
    create_from(connection, "night.value_settings", pa.table(columns))


def _finite(half_life: float) -> float | None:
    return half_life if math.isfinite(half_life) else None

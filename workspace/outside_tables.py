"""What SQL knows of the settings for signals and point of sale."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from workspace.config.outside_data import PointOfSaleSettings, SignalSettings
from workspace.given_rows import create_from

# In place of a signal's name: the row that holds for every signal without one of its own.
EVERY_SIGNAL = "*"


def land_outside_settings(
    connection: duckdb.DuckDBPyConnection, signals: SignalSettings, pos: PointOfSaleSettings
) -> None:
    """Create night.signal_lives, night.pos_settings and night.pos_channels."""
    lives = {EVERY_SIGNAL: signals.time_to_live_days, **signals.by_signal}
    channels = pos.channels.values()
    tables = {
        "signal_lives": {
            "signal_name": pa.array(list(lives), pa.string()),
            "time_to_live_days": pa.array(list(lives.values()), pa.int32()),
        },
        "pos_settings": {
            "window_weeks": pa.array([pos.window_weeks], pa.int32()),
            "minimum_coverage_rate": pa.array([pos.minimum_coverage_rate]),
            "maximum_reconciliation_gap_rate": pa.array([pos.maximum_reconciliation_gap_rate]),
            "maximum_latency_days": pa.array([pos.maximum_latency_days], pa.int32()),
            "minimum_reliability_score": pa.array([pos.minimum_reliability_score]),
        },
        "pos_channels": {
            "channel_id": pa.array(list(pos.channels), pa.string()),
            "customer_group": pa.array([c.customer_group for c in channels], pa.string()),
            "store_count": pa.array([c.store_count for c in channels], pa.int64()),
        },
    }
    for name, columns in tables.items():
        create_from(connection, f"night.{name}", pa.table(columns))

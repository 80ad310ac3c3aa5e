"""What a figure is worth without: the machine, the date and the versions it was measured with."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

PACKAGES = ("duckdb", "polars", "dbt-core", "dagster", "great_expectations")


def machine() -> str:
    """Return date, cores, memory and versions in two lines, and nothing that names a machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GB, load {busy:.1f} "
        f"at the start, {platform.system()} {platform.machine()}\n"
        f"Python {platform.python_version()}, {packages}"
    )

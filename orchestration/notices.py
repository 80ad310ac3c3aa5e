"""Notices of failed nights: one JSON line each, for whatever alerts people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path


def write_notice(
    file: Path, *, run_id: str, business_date: str, message: str, steps: Sequence[str]
) -> None:
    """Append one line; the run's id leads to its page in Dagster."""
    notice = {
        "event": "night_failed",
        "run_id": run_id,
        "business_date": business_date,
        "message": message,
        "failed_steps": list(steps),
    }
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(notice) + "\n")

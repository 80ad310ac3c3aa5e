"""Where the seconds of one night went, as the run itself has recorded it.

Three sources: Dagster's event log has the start and end of each step, dbt's log and
`run_results.json` have dbt's own, and the files of the release say when each was finished.
"""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from pathlib import Path

import dagster as dg

from benchmarks.checkout import Spent

Parts = dict[str, float]

# The first prefix that a step's key begins with names its part.
STEPS = {
    "opening": "open the build",
    "delivered_": "ingest: land files",
    "raw_entities": "ingest: fill entities",
    "entering": "gates (Great Expectations, its import too)",
    "segments__": "segmentation",
    "features__": "features in Python",
    "policies__": "policies",
    "control__": "lineage and evidence tables",
}
SUITE = "_expectations"
PARSED = re.compile(r"`cli parse` succeeded at \S+ after ([\d.]+) seconds")


def anatomy(workspace: Path, night: Spent, parsing: float) -> Parts:
    """Return part → seconds of the newest run of a workspace; the parts add up to the wall time.

    `night` is its process; `parsing` is what dbt took to parse the project before the run, in
    seconds, and 0 when the manifest was kept.
    """
    os.environ["DAGSTER_HOME"] = str(workspace / "dagster")
    with dg.DagsterInstance.get() as instance:
        record = instance.get_run_records(limit=1)[0]
        steps = {
            step.step_key: (step.start_time, step.end_time)
            for step in instance.get_run_step_stats(record.dagster_run.run_id)
            if step.start_time is not None and step.end_time is not None
        }
    assert record.start_time is not None
    assert record.end_time is not None
    parts: Parts = {
        "start, imports, definitions": record.start_time - night.started_at - parsing,
        "dbt parse, after its imports": parsing,
    }
    for key, (start, end) in steps.items():
        if key.startswith("dbt_"):
            spent = _dbt(workspace / "build" / "dbt" / key.removeprefix("dbt_"), start, end)
        elif key == "release__release":
            spent = _release(workspace, start, end)
        else:
            spent = {_part(key): end - start}
        for part, seconds in spent.items():
            parts[part] = parts.get(part, 0.0) + seconds
    inside = sum(end - start for start, end in steps.values())
    parts["Dagster between steps"] = record.end_time - record.start_time - inside
    parts["after the run"] = night.ended_at - record.end_time
    return parts


def parse_seconds(dbt_project: Path) -> float:
    """Return what the last `dbt parse` took by its own account, without its imports."""
    log = (dbt_project / "logs" / "dbt.log").read_text()
    return float(PARSED.findall(log)[-1])


def ingest_seconds(parts: Parts) -> float:
    """Return the seconds from delivered files to typed entities and books."""
    return sum(seconds for part, seconds in parts.items() if part.startswith("ingest"))


def _part(key: str) -> str:
    if key.endswith(SUITE):
        return STEPS["entering"]
    return next((part for start, part in STEPS.items() if key.startswith(start)), "other steps")


def _dbt(target: Path, start: float, end: float) -> Parts:
    """Split the step that runs `dbt build` by dbt's own account."""
    lines = (target / "dbt.log").read_text().splitlines()
    first, last = (_logged_at(json.loads(line)) for line in (lines[0], lines[-1]))
    nodes = json.loads((target / "run_results.json").read_text())["elapsed_time"]
    return {
        "dbt build: start": first - start,
        "dbt build: reading the manifest": last - first - nodes,
        "dbt build: tables and tests": nodes,
        "dbt tables: column lineage, events": end - last,
    }


def _logged_at(line: dict[str, dict[str, str]]) -> float:
    return datetime.fromisoformat(line["info"]["ts"].replace("Z", "+00:00")).timestamp()


def _release(workspace: Path, start: float, end: float) -> Parts:
    """Split the release step by when its files were finished; renaming them has kept the times."""
    folder = workspace / "releases" / (workspace / "CURRENT").read_text().strip()
    tables = max(_finished(folder, "tierwise.duckdb"), _finished(folder, "tables/**/*"))
    checks = _finished(folder, "checks/**/*")
    report = _finished(folder, "report.html")
    return {
        "release: tables": tables - start,
        "release: pages of the gates": checks - tables,
        "release: report": report - checks,
        "release: hashes, sync, pointer": end - report,
    }


def _finished(folder: Path, pattern: str) -> float:
    return max(file.stat().st_mtime for file in folder.glob(pattern) if file.is_file())

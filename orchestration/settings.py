"""Deployment settings: the only place that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent


def workspace_root() -> Path:
    """Return the workspace that this process serves; the demo's when none is named."""
    return Path(os.environ.get("TIERWISE_WORKSPACE", REPOSITORY / "data" / "demo"))


def inbox() -> Path | None:
    """Return the folder of delivered files where it is not the workspace's own."""
    named = os.environ.get("TIERWISE_INBOX")
    return Path(named) if named else None


def serve(workspace: Path, inbox_folder: Path | None) -> None:
    """Make this process serve a workspace; call it before Dagster's definitions are loaded."""
    os.environ["TIERWISE_WORKSPACE"] = str(workspace.resolve())
    if inbox_folder is not None:
        os.environ["TIERWISE_INBOX"] = str(inbox_folder.resolve())
    os.environ["DAGSTER_HOME"] = str(dagster_home(workspace.resolve()))
    os.environ["DO_NOT_TRACK"] = "1"


def dagster_home(workspace: Path) -> Path:
    """Return Dagster's folder for a workspace, made ready with our dagster.yaml."""
    folder = workspace / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dagster.yaml").write_text((REPOSITORY / "orchestration/dagster.yaml").read_text())
    return folder


def give_dbt(warehouse: Path) -> None:
    """Tell dbt, whose profile reads the environment, where the working database is."""
    os.environ["TIERWISE_WAREHOUSE"] = str(warehouse.resolve())

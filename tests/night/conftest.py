"""Whole nights, run once for all tests that only read what they left."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from tests.night.company import Done, found_company, tierwise


@dataclass(frozen=True, kw_only=True)
class Night:
    """A workspace after its first night, and what the command said."""

    workspace: Path
    said: Done


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Night:
    """Return the first night of a small generated company: one for all of pytest's processes."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "first_night"
    with FileLock(f"{shared}.lock"):
        workspace, words = shared / "company", shared / "said.json"
        if not shared.exists():
            found_company(workspace)
            said = tierwise("refresh", "--workspace", workspace, "--json")
            words.write_text(json.dumps(asdict(said)), encoding="utf-8")
    said = Done(**json.loads(words.read_text(encoding="utf-8")))
    assert said.status == 0, said.err
    return Night(workspace=workspace, said=said)

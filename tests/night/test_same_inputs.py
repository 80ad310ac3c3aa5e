"""A night is a function of its inputs: the same ones give the same release, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.night.company import (
    FIRST_DAY,
    Done,
    copy_company,
    current,
    found_company,
    manifest,
    tierwise,
)
from tests.night.conftest import Night


@dataclass(frozen=True, kw_only=True)
class Rerun:
    """A workspace whose night was killed half way and then run again, and what that said."""

    workspace: Path
    before: str
    said: Done


@pytest.fixture(scope="module")
def rerun(first_night: Night, tmp_path_factory: pytest.TempPathFactory) -> Rerun:
    """Run the first night again in a copy, over what a killed night has left."""
    workspace = copy_company(first_night.workspace, tmp_path_factory.mktemp("rerun") / "company")
    before = current(workspace)
    (workspace / "build").mkdir()
    (workspace / "build" / "tierwise.duckdb").write_bytes(b"half a night")
    (workspace / "lease.json").write_text('{"pid": 4194303, "started": "1", "boot": "gone"}')
    said = tierwise("refresh", "--workspace", workspace, "--force", "--json")
    assert said.status == 0, said.out + said.err
    return Rerun(workspace=workspace, before=before, said=said)


def test_a_night_that_is_killed_leaves_the_release_and_can_be_run_again(rerun: Rerun) -> None:
    assert rerun.said.document["release_id"] == rerun.before == current(rerun.workspace)


@pytest.mark.requirement("S0.M2.B2")
def test_a_rerun_gives_the_same_tables_and_a_failed_gate_leaves_the_release(
    first_night: Night, rerun: Rerun
) -> None:
    workspace = rerun.workspace
    published = manifest(first_night.workspace)
    assert manifest(workspace)["identity"]["tables"] == published["identity"]["tables"]
    _spoil_amounts(workspace)
    held = tierwise("refresh", "--workspace", workspace, "--json")
    assert (held.status, held.codes) == (3, ["GATE_FAILED"])
    assert "raw.order_lines" in held.document["errors"][0]["place"]
    assert current(workspace) == published["release_id"]
    assert tierwise("verify", "--workspace", workspace).status == 0
    asked = tierwise("sql", "select count(*) as n from fct_order_line", "-w", workspace, "--json")
    assert asked.document[0]["n"] == published["identity"]["tables"]["fct_order_line"]["rows"]
    notices = (workspace / "notices.jsonl").read_text().splitlines()
    assert "GATE_FAILED" in notices[-1]


def _spoil_amounts(workspace: Path) -> None:
    """Make the amounts of one file of order lines unparsable."""
    file = sorted((workspace / "inbox").glob("erp_south/order_lines_*"))[-1]
    head, *lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([head, *(line.replace(b".", b"x") for line in lines)]))


def test_a_twin_workspace_gives_the_same_release(
    first_night: Night, tmp_path_factory: pytest.TempPathFactory
) -> None:
    twin = found_company(tmp_path_factory.mktemp("twin") / "elsewhere")
    said = tierwise("refresh", "--workspace", twin, "--as-of", FIRST_DAY.isoformat(), "--json")
    assert said.status == 0, said.err
    ours, theirs = manifest(first_night.workspace), manifest(twin)
    differing = {
        table
        for table, found in ours["identity"]["tables"].items()
        if found != theirs["identity"]["tables"][table]
    }
    assert differing == set()
    assert ours["release_id"] == theirs["release_id"]

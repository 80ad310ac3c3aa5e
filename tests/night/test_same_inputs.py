"""A night is a function of its inputs: the same ones give the same release, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.night.company import (
    FIRST_DAY,
    copy_company,
    current,
    found_company,
    manifest,
    tierwise,
)
from tests.night.conftest import Night


@pytest.mark.requirement("S0.M2.B2")
def test_a_rerun_gives_the_same_tables_and_a_failed_gate_leaves_the_release(
    first_night: Night, tmp_path: Path
) -> None:
    workspace = copy_company(first_night.workspace, tmp_path / "company")
    published = manifest(workspace)
    rerun = tierwise("refresh", "--workspace", workspace, "--force", "--json")
    assert rerun.status == 0, rerun.out + rerun.err
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

"""A night is a function of its inputs: the same ones give the same release, byte for byte."""

from __future__ import annotations

import pytest

from tests.night.company import FIRST_DAY, found_company, manifest, tierwise
from tests.night.conftest import Night


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

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.intraday import intraday
from tests.workspace.intraday.lane_company import FIRST, LaneCompany, june, lane_company, orders
from tests.workspace.small_company import Company


@pytest.fixture
def lane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LaneCompany:
    made = lane_company(Company(root=tmp_path / "company"))
    made.open(orders(29, "O1,1,C1,P1,2026-06-29,3"))
    monkeypatch.setenv("TIERWISE_WORKSPACE", str(made.company.root))
    return made


def asked(definitions: dg.Definitions) -> list[dg.RunRequest | dg.SkipReason]:
    """Return what the sensor asks for at one tick."""
    (sensor,) = definitions.get_repository_def().sensor_defs
    result = sensor(dg.build_sensor_context())
    assert isinstance(result, Iterable)
    return [said for said in result if isinstance(said, dg.RunRequest | dg.SkipReason)]


def test_the_sensor_asks_for_a_look_whenever_a_file_has_arrived(lane: LaneCompany) -> None:
    definitions = intraday()
    (skipped,) = asked(definitions)
    assert isinstance(skipped, dg.SkipReason)
    lane.night(FIRST)
    keys = []
    for files in ({}, {}, orders(30, "O2,1,C1,P1,2026-06-30,50")):
        lane.open(files)
        (request,) = asked(definitions)
        assert isinstance(request, dg.RunRequest)
        keys.append(request.run_key)
    assert keys[0] == keys[1] != keys[2]
    result = definitions.resolve_job_def("intraday").execute_in_process()
    assert result.success
    assert [row["ordered_units"] for row in lane.signals()] == [50]
    assert lane.state().business_date == june(30)


def test_a_company_without_event_files_has_no_sensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = Company(root=tmp_path / "company")
    company.open()
    monkeypatch.setenv("TIERWISE_WORKSPACE", str(company.root))
    assert intraday().get_repository_def().sensor_defs == []

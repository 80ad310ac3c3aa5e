"""Waiting for files that are due: a clock and a pause of the test's own, files that really come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import typer

from cli.waiting import deadline, wait_for_files
from tests.workspace.small_company import DELIVERY, Company

NIGHT = date(2026, 6, 30)
START = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
ORDERS = "erp/orders_2026-06-30.csv"


class Clock:
    """A clock that only pauses move on; a file arrives during the pause of its number."""

    def __init__(self, workspace: Path, arrives_in_pause: int | None) -> None:
        self.time, self.pauses = START, 0
        self.file, self.arrival = workspace / "inbox" / ORDERS, arrives_in_pause

    def now(self) -> datetime:
        return self.time

    def pause(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.pauses += 1
        if self.pauses == self.arrival:
            self.file.write_text(DELIVERY["erp/orders_1.csv"])


def waited(folder: Path, *, arrives: int | None, minutes: int) -> tuple[Clock, list[str]]:
    company = Company(root=folder).configure(
        "sources/erp.yml",
        ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}.csv"),
        ("delivery: append\n", "delivery: {kind: full, every: day}\n"),
    )
    workspace = company.open({"erp/orders_1.csv": None})
    clock = Clock(folder, arrives)
    said: list[str] = []
    until = START + timedelta(minutes=minutes)
    wait_for_files(workspace, NIGHT, until, say=said.append, now=clock.now, pause=clock.pause)
    return clock, said


def test_the_night_goes_on_as_soon_as_the_file_is_there(tmp_path: Path) -> None:
    clock, said = waited(tmp_path, arrives=3, minutes=60)
    assert clock.pauses == 3
    assert said == ["Waiting until 03:00 for erp.orders."]


def test_the_night_goes_on_at_the_deadline(tmp_path: Path) -> None:
    clock, _ = waited(tmp_path, arrives=None, minutes=1)
    assert clock.time == START + timedelta(minutes=1)


def test_a_deadline_that_has_passed_waits_for_nothing(tmp_path: Path) -> None:
    assert waited(tmp_path, arrives=None, minutes=-5)[0].pauses == 0


@pytest.mark.parametrize(
    ("clock", "now", "until"),
    [
        ("04:30", "2026-07-01T02:00", "2026-07-01T04:30"),
        ("04:30", "2026-06-30T23:00", "2026-07-01T04:30"),
        ("04:30", "2026-07-01T05:00", "2026-07-01T04:30"),
    ],
)
def test_a_time_of_day_is_the_next_one_or_one_that_has_just_passed(
    clock: str, now: str, until: str
) -> None:
    assert deadline(clock, datetime.fromisoformat(now)) == datetime.fromisoformat(until)


@pytest.mark.parametrize("clock", ["", "4", "25:00", "04:30:10", "soon"])
def test_what_is_no_time_is_refused(clock: str) -> None:
    with pytest.raises(typer.BadParameter, match="04:30"):
        deadline(clock, START)

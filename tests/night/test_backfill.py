"""A backfill runs the nights of a range in order, but for those that the audit bars."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.night.company import COMMAND, ROOT, Done, current, tierwise
from tests.workspace.small_company import STOCK, Company
from workspace.folder import Folder
from workspace.releases import open_release

FIRST, LAST = date(2024, 10, 1), date(2025, 6, 30)
RECYCLED = (date(2024, 10, 8), date(2024, 10, 29))
MISSING = (date(2025, 1, 13), date(2025, 1, 19))
DOUBLED = (date(2025, 4, 1), date(2025, 4, 30))
Line = tuple[str, str, date, int, int]  # order, product, day, units, price
ONE_STOCK = """\
    path: erp/stock_*.csv
    description: Stock.
    key: [product]
"""
MONTHLY_STOCK = """\
    path: erp/stock_{%Y-%m}.csv
    description: Stock.
    delivery: append
    key: [product, day]
"""


def _clean() -> list[Line]:
    """Return three lines of a fast item on every working day, and one of a slow item a month."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    fast = [
        (f"{day:%y%m%d}{n}", "P1", day, 1 + (day.toordinal() * 3 + n) % 40, 2)
        for day in days
        if day.isoweekday() < 6
        for n in range(3)
    ]
    slow = [(f"S{day:%y%m%d}", "P3", day, 5, 3) for day in days if day.day == 5]
    return [*fast, *slow]


def _spoiled() -> list[Line]:
    """Leave a week out, load a month twice, and let a code name two items."""
    lines = [line for line in _clean() if not MISSING[0] <= line[2] <= MISSING[1]]
    again = [line for line in lines if DOUBLED[0] <= line[2] <= DOUBLED[1]]
    lines += [(f"AGAIN{line[0]}", *line[1:]) for line in again]
    for first, price in ((RECYCLED[0], 5), (date(2025, 5, 12), 50)):
        weeks = (first + timedelta(weeks=week) for week in range(4))
        lines += [(f"R{day:%y%m%d}", "P2", day, 2, price) for day in weeks]
    return lines


def _company(root: Path, lines: Iterable[Line]) -> Path:
    """Found a company that delivers a file of order lines for each month."""
    files: dict[str, list[str]] = defaultdict(
        lambda: ["order,line,customer,product,day,units,price"]
    )
    for order, product, day, units, price in lines:
        files[f"erp/orders_{day:%Y-%m}.csv"].append(f"{order},1,C1,{product},{day},{units},{price}")
        files[f"erp/stock_{day:%Y-%m}.csv"] = [
            "product,day,units",
            *(f"P{n},{day:%Y-%m}-01,1000" for n in (1, 2, 3)),
        ]
    delivery = {name: "\n".join([*rows, ""]) for name, rows in files.items()}
    company = (
        Company(root=root)
        .configure(
            "sources/erp.yml",
            ("erp/orders_*.csv", "erp/orders_{%Y-%m}.csv"),
            ("units: decimal}", "units: decimal, price: decimal}"),
            ("net_amount: units * 2", "net_amount: units * price"),
            ("mappings:\n", STOCK.replace(ONE_STOCK, MONTHLY_STOCK)),
        )
        # A month that is loaded twice makes the fast item's demand less regular than X.
        .configure("policies/stock.yml", ("Y: {}", "Y: {target: 0.9}"))
    )
    products = "id,name\nP1,Bolt\nP2,Nut\nP3,Screw\n"
    return company.open({**delivery, "erp/products_1.csv": products, "erp/orders_1.csv": None}).root


MONTHLY = ("--every", "month", "--json")


def _backfill(workspace: Path, first: str, last: str, *more: str) -> Done:
    return tierwise("backfill", "-w", workspace, *MONTHLY, "--from", first, "--to", last, *more)


def _endings(said: Done) -> dict[str, str]:
    return {night["business_date"]: night["ending"] for night in said.document["nights"]}


def _previous(workspace: Path, release_id: str) -> str | None:
    release = open_release(Folder(root=workspace).releases / release_id)
    previous: str | None = release.manifest["previous_release_id"]
    return previous


def _killed_in_its_second_night(workspace: Path) -> None:
    """Run a backfill until its second night is under way, and kill it."""
    arguments = ("--from", "2025-05-31", "--to", "2025-06-30")
    with subprocess.Popen(
        [COMMAND, "backfill", "-w", workspace, *MONTHLY, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "2/2 2025-06-30 entering" in line:
                process.kill()
                break


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """A company of a clean history whose backfill was killed and run again."""

    workspace: Path
    left: str
    said: Done


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> Resumed:
    """Kill a backfill of two months in its second night, and give the same command again."""
    workspace = _company(tmp_path_factory.mktemp("clean") / "company", _clean())
    _killed_in_its_second_night(workspace)
    left = current(workspace)
    said = _backfill(workspace, "2025-05-31", "2025-06-30")
    assert said.status == 0, said.out + said.err
    return Resumed(workspace=workspace, left=left, said=said)


@pytest.mark.requirement("S0.M2.B5")
def test_a_backfill_refuses_exactly_what_the_audit_bars(tmp_path: Path, resumed: Resumed) -> None:
    workspace = _company(tmp_path / "spoiled", _spoiled())
    planned = _backfill(workspace, "2024-10-31", "2025-06-30", "--dry-run")
    found = [
        (f["kind"], f["period_start_date"], f["period_end_date"])
        for f in planned.document["findings"]
    ]
    assert found == [
        ("reused_code", *map(str, RECYCLED)),
        ("gap", *map(str, MISSING)),
        ("duplicate_load", *map(str, DOUBLED)),
    ]
    barred = {
        night["business_date"]: [finding["kind"] for finding in night["findings"]]
        for night in planned.document["nights"]
        if night["ending"] == "refused"
    }
    assert barred == {
        "2024-10-31": ["reused_code"],
        "2025-01-31": ["gap"],
        "2025-04-30": ["duplicate_load"],
    }
    assert set(_endings(planned).values()) == {"refused", "pending"}
    assert not (workspace / "releases").exists()

    done = _backfill(workspace, "2025-04-30", "2025-06-30")
    assert done.status == 3, done.err
    assert _endings(done) == {
        "2025-04-30": "refused",
        "2025-05-31": "published",
        "2025-06-30": "published",
    }

    # A clean history yields no finding, and nothing is refused.
    assert resumed.said.document["findings"] == []
    assert "refused" not in _endings(resumed.said).values()


def test_a_backfill_that_was_killed_goes_on_where_it_stopped(resumed: Resumed) -> None:
    assert _endings(resumed.said) == {"2025-05-31": "unchanged", "2025-06-30": "published"}
    may, june = (night["release_id"] for night in resumed.said.document["nights"])
    assert may == resumed.left
    assert (_previous(resumed.workspace, may), _previous(resumed.workspace, june)) == (None, may)
    assert current(resumed.workspace) == june


def test_a_range_before_the_release_in_force_leaves_it_in_force(resumed: Resumed) -> None:
    june = current(resumed.workspace)
    said = _backfill(resumed.workspace, "2025-04-30", "2025-04-30")
    assert (said.status, _endings(said)) == (0, {"2025-04-30": "published"}), said.err
    assert current(resumed.workspace) == june
    assert said.document["current_release_id"] == june


def test_a_range_that_ends_before_it_begins_is_a_wrong_usage(tmp_path: Path) -> None:
    said = tierwise("backfill", "-w", tmp_path, "--from", "2025-02-01", "--to", "2025-01-31")
    assert said.status == 2
    assert "the range ends on 2025-01-31" in said.err

"""Nights between which events arrive out of order, beside one night that reads all at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.night.company import current, deliver, found_company, tierwise
from tests.serving.api_company import client_of
from workspace.folder import Folder
from workspace.intraday.store import state_of

BASE, LATE_DAY, FIRST_NIGHT, SPIKE_DAY, LAST = (date(2026, 6, day) for day in range(23, 28))
FIVE_MINUTES = timedelta(minutes=5)
SPIKE_UNITS = 90_000
EXTRACT = """\
  order_events:
    path: erp_north/order_events_{%Y-%m-%d}.csv
    description: Order lines as they are placed.
    delivery: {kind: append, mode: MODE, allowed_lateness_days: 1}
    required: false
    key: [VBELN, POSNR]
    watermark: AUDAT
"""
COMPARED = ("feat_", "fct_order_line", "fct_demand_weekly", "fct_stock")
# Its rows are dated by the night that first knew them, so two nights date them unlike one.
VINTAGES = "tables/feat_geo_risk.parquet"


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A company between nights, and what was seen of it on the way."""

    workspace: Path
    seen: dict[str, Any]


def found(folder: Path, mode: str) -> Path:
    """Make the demo's company, whose northern orders also come as a file for each day."""
    workspace = found_company(folder, BASE)
    contract = workspace / "sources" / "erp_north.yml"
    text = contract.read_text()
    head, rest = text.split("  order_lines:\n", 1)
    columns = "    columns:\n" + rest.split("    columns:\n", 1)[1].split("  deliveries:\n", 1)[0]
    events = EXTRACT.replace("MODE", mode) + columns
    entity = "  - entity: order_lines\n    extract: order_lines\n"
    mapping = entity + rest.split(entity, 1)[1].split("  - entity:", 1)[0]
    added = mapping.replace("extract: order_lines\n", "extract: order_events\n")
    contract.write_text(
        f"{head}{events}  order_lines:\n{rest}".replace(
            mapping, mapping.rstrip("\n") + "\n" + added
        )
    )
    return workspace


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> dict[date, bytes]:
    """Return the northern orders of the last days, a file for each; one day holds a spike."""
    later = tmp_path_factory.mktemp("later")
    deliver(later, LAST)
    written = (later / "inbox/erp_north/order_lines_2026H1.csv").read_text("cp1252")
    header, *lines = written.splitlines()
    place = {name: number for number, name in enumerate(header.split(";"))}
    files: dict[date, list[str]] = {}
    for line in lines:
        values = line.split(";")
        try:
            day = datetime.strptime(values[place["AUDAT"]], "%d.%m.%Y").replace(tzinfo=UTC).date()
        except ValueError:
            continue  # a planted defect
        if BASE < day <= LAST and values[place["AUART"]] == "TA":
            files.setdefault(day, [header]).append(line)
    spiked = files[SPIKE_DAY][1].split(";")
    spiked[place["KWMENG"]] = f"{SPIKE_UNITS},000"
    files[SPIKE_DAY][1] = ";".join(spiked)
    return {day: "\n".join([*rows, ""]).encode("cp1252") for day, rows in files.items()}


def arrive(workspace: Path, events: dict[date, bytes], *days: date) -> None:
    for day in days:
        (workspace / f"inbox/erp_north/order_events_{day}.csv").write_bytes(events[day])


def night(workspace: Path, day: date) -> str:
    done = tierwise("refresh", "--workspace", workspace, "--as-of", str(day), "--json")
    assert done.status == 0, done.err + done.out
    return current(workspace)


def look(workspace: Path, day: date) -> list[dict[str, Any]]:
    """Look before the night of a day, and return what the API then says."""
    done = tierwise("intraday", "--workspace", workspace, "--as-of", str(day), "--json")
    assert done.status == 0, done.err
    with client_of(Folder(root=workspace)) as client:
        answer = client.get("/signals?page_size=1000").json()
        assert answer["release_id"] == current(workspace)
        items: list[dict[str, Any]] = answer["items"]
        return items


def days_of(release: Path, day: date) -> int:
    """Return how many events of a day a release holds."""
    with duckdb.connect() as connection:
        ((rows,),) = connection.execute(
            "select count(*) from read_parquet(?) as l semi join read_parquet(?) as f "
            "on f.file_sha256 = l.source_file_sha256 and f.extract = 'order_events' "
            "where l.order_date = ?",
            [f"{release}/tables/fct_order_line.parquet", f"{release}/tables/raw_extracts.parquet",
             day],
        ).fetchall()  # fmt: skip
    return int(rows)


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory, events: dict[date, bytes]) -> Lane:
    """Run two nights; the file of the 24th comes after the night that read the 25th."""
    workspace = found(tmp_path_factory.mktemp("shuffled") / "company", "intraday")
    seen: dict[str, Any] = {}
    arrive(workspace, events, FIRST_NIGHT)
    first = night(workspace, FIRST_NIGHT)
    seen["late_before"] = days_of(workspace / "releases" / first, LATE_DAY)
    arrive(workspace, events, SPIKE_DAY, LATE_DAY)
    seen["delivered_at"] = datetime.now(UTC)
    before = tierwise("verify", "--workspace", workspace, "--json")
    seen["pending"] = look(workspace, SPIKE_DAY)
    after = tierwise("verify", "--workspace", workspace, "--json")
    seen["whole"] = (before.document, after.document)
    state = state_of(Folder(root=workspace))
    assert state is not None
    seen["looked_at"] = state.looked_at
    arrive(workspace, events, LAST)
    second = night(workspace, LAST)
    seen["late_after"] = days_of(workspace / "releases" / second, LATE_DAY)
    seen["cleared"] = look(workspace, LAST + timedelta(days=1))
    return Lane(workspace=workspace, seen=seen)


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, events: dict[date, bytes]) -> Path:
    """Run one night that finds every file, in order, and never hears of a lane."""
    workspace = found(tmp_path_factory.mktemp("batch") / "company", "batch")
    arrive(workspace, events, *events)
    night(workspace, LAST)
    return workspace


def tables(workspace: Path) -> dict[str, str]:
    """Return the hash of each feature and fact table of the current release."""
    file = workspace / "releases" / current(workspace) / "manifest.json"
    files: dict[str, str] = json.loads(file.read_text())["files"]
    return {
        name: sha256
        for name, sha256 in files.items()
        if name.startswith(tuple(f"tables/{prefix}" for prefix in COMPARED)) and name != VINTAGES
    }


def known_of_places(workspace: Path) -> list[tuple[Any, ...]]:
    """Return what the current release knows of each place today, not since when."""
    with duckdb.connect() as connection:
        return connection.execute(
            "select * exclude (valid_from) from read_parquet(?) where valid_to is null order by 1",
            [f"{workspace}/releases/{current(workspace)}/{VINTAGES}"],
        ).fetchall()


def spikes(signals: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Return the planted spike alone: the company's own large orders may be spikes, too."""
    return [
        (signal["last_event_date"], signal["is_provisional"])
        for signal in signals
        if signal["is_order_spike"] and float(signal["ordered_units"]) >= SPIKE_UNITS
    ]


@pytest.mark.requirement("S2.M2.B4")
def test_late_and_shuffled_events_end_in_the_same_features_and_their_flags_clear(
    lane: Lane, batch: Path, events: dict[date, bytes]
) -> None:
    assert tables(lane.workspace) == tables(batch)
    assert len(tables(batch)) >= 6
    assert known_of_places(lane.workspace) == known_of_places(batch) != []
    # The late file is inside the allowed lateness: the night after it restates its day.
    late = [signal for signal in lane.seen["pending"] if signal["late_count"]]
    assert {signal["restated_from_date"] for signal in late} == {str(LATE_DAY)}
    lines = events[LATE_DAY].count(b"\n") - 1
    assert (lane.seen["late_before"], lane.seen["late_after"]) == (0, lines)
    # The watermark of the second night, a day before its newest file, passes the spike.
    assert spikes(lane.seen["pending"]) == [(str(SPIKE_DAY), True)]
    assert spikes(lane.seen["cleared"]) == []
    assert {signal["watermark_date"] for signal in lane.seen["cleared"]} == {str(SPIKE_DAY)}
    assert {signal["first_event_date"] for signal in lane.seen["cleared"]} == {str(LAST)}


@pytest.mark.requirement("S3.M2.B5")
def test_an_event_is_soon_in_the_api_and_no_night_is_other_for_it(lane: Lane, batch: Path) -> None:
    assert lane.seen["pending"]
    assert lane.seen["looked_at"] - lane.seen["delivered_at"] < FIVE_MINUTES
    before, after = lane.seen["whole"]
    assert before == after
    assert before["is_whole"]
    assert tables(lane.workspace) == tables(batch)
    history = lane.workspace / "releases" / current(lane.workspace) / "tables"
    assert not list(history.glob("*intraday*"))
    with duckdb.connect() as connection:
        columns = pl.DataFrame(
            connection.execute(
                "describe select * from read_parquet(?)", [f"{history}/segment_assignment.parquet"]
            ).fetchall(),
            orient="row",
        )
    assert not [name for name in columns["column_0"] if "provisional" in name]

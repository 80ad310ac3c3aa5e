"""The event log keeps its files open, and is Dagster's own in every other way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.event_log import BELOW_HOME, EventLog
from orchestration.settings import REPOSITORY

DAYS = dg.DynamicPartitionsDefinition(name="business_date")
DAY = "2026-06-30"


@dg.asset(partitions_def=DAYS)
def orders() -> dg.MaterializeResult[None]:
    """Count what nobody delivers."""
    return dg.MaterializeResult(metadata={"rows": 3})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home for Dagster with the product's own configuration."""
    text = (REPOSITORY / "orchestration" / "dagster.yaml").read_text()
    (tmp_path / "dagster.yaml").write_text(text)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """Open the instance of that home."""
    assert (home / "dagster.yaml").exists()
    with dg.DagsterInstance.get() as opened:
        yield opened


def counted(storage: SqliteEventLogStorage) -> list[object]:
    """Return the metadata of each materialization that a log knows."""
    found = storage.fetch_materializations(dg.AssetKey("orders"), limit=10).records
    return [
        record.asset_materialization.metadata["rows"].value
        for record in found
        if record.asset_materialization
    ]


def test_dagsters_own_class_reads_what_this_one_wrote_and_the_other_way_round(
    home: Path, instance: dg.DagsterInstance
) -> None:
    assert isinstance(instance.event_log_storage, EventLog)
    instance.add_dynamic_partitions("business_date", [DAY])
    assert dg.materialize([orders], instance=instance, partition_key=DAY).success
    plain = SqliteEventLogStorage(str(home / BELOW_HOME))
    assert counted(plain) == counted(instance.event_log_storage) == [3]
    plain.add_dynamic_partitions("business_date", ["2026-07-01"])
    assert set(instance.get_dynamic_partitions("business_date")) == {DAY, "2026-07-01"}


def test_a_second_process_sees_events_as_they_are_stored(
    home: Path, instance: dg.DagsterInstance
) -> None:
    watching = EventLog(str(home / BELOW_HOME))
    instance.add_dynamic_partitions("business_date", [DAY])
    for nights in (1, 2):
        assert dg.materialize([orders], instance=instance, partition_key=DAY).success
        assert counted(watching) == [3] * nights
    watching.dispose()


def test_threads_take_turns(instance: dg.DagsterInstance) -> None:
    def add(number: int) -> None:
        for day in range(20):
            instance.add_dynamic_partitions("business_date", [f"{number}-{day}"])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(instance.get_dynamic_partitions("business_date")) == 80


def test_a_closed_log_lets_go_of_its_files_and_opens_them_again(home: Path) -> None:
    log = EventLog(str(home / BELOW_HOME))
    log.add_dynamic_partitions("business_date", [DAY])
    log.dispose()
    assert not list(home.rglob("*-wal"))
    assert log.get_dynamic_partitions("business_date") == [DAY]
    log.dispose()

"""How nights of a backfill follow each other, and what they do to the release in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.workspace.small_company import Company
from workspace.backfill import begun, continued, published
from workspace.folder import Workspace
from workspace.ingest.database_delivery import deliver_databases
from workspace.ingest.delivery import inputs_hash
from workspace.night_inputs import night_key
from workspace.releases import (
    Release,
    current_release,
    digest,
    file_hashes,
    previous_release,
    publish,
)

APRIL, MAY, JUNE, JULY = date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    return Company(root=tmp_path / "company").open()


def publish_night(home: Workspace, day: date, content: str = "rows") -> Release:
    """Publish what a night of this date would, as far as its name and its place go."""
    previous = previous_release(home, day)
    staged = home.releases / ".staged"
    staged.mkdir(parents=True)
    (staged / "report.html").write_text(content)
    (staged / "tables").mkdir()
    books = staged / "tables" / "raw_extracts.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select '' as system, '' as extract where false) to '{books}'")
    key = night_key(home, day, inputs=inputs_hash(home, day))
    identity = {"content": content, "night_key": key.hash}
    manifest = {
        "release_id": f"{day}_{digest(identity)[:12]}",
        "as_of_date": day.isoformat(),
        "previous_release_id": previous.release_id if previous else None,
        "identity": identity,
        "files": file_hashes(staged),
        "run": {"dagster_run_id": "run"},
    }
    return publish(home, staged, manifest)


def backfilled(home: Workspace, *days: date) -> list[Release]:
    """Publish nights one after the other, each as the next of a backfill."""
    home = begun(home)
    built: list[Release] = []
    for day in days:
        built.append(publish_night(home, day, "built again"))
        home = continued(home, built[-1].release_id)
    return built


def chain(releases: list[Release]) -> list[str | None]:
    return [release.manifest["previous_release_id"] for release in releases]


def test_a_range_before_the_release_in_force_leaves_it_in_force(home: Workspace) -> None:
    publish_night(home, MAY)
    june = publish_night(home, JUNE)
    again = backfilled(home, APRIL, MAY)
    assert current_release(home) == june
    assert chain(again) == [None, again[0].release_id]
    # What is not in force is not followed.
    assert previous_release(home, JULY) == june


def test_a_range_up_to_the_release_in_force_takes_its_place(home: Workspace) -> None:
    april, _, _ = (publish_night(home, day) for day in (APRIL, MAY, JUNE))
    may, june = backfilled(home, MAY, JUNE)
    assert chain([may, june]) == [april.release_id, may.release_id]
    assert current_release(home) == june
    assert previous_release(home, JULY) == june


def test_a_first_backfill_moves_the_pointer_night_by_night(home: Workspace) -> None:
    april, may = backfilled(home, APRIL, MAY)
    assert chain([april, may]) == [None, april.release_id]
    assert current_release(home) == may


def test_a_date_that_is_left_out_is_followed_as_it_stands(home: Workspace) -> None:
    """May is refused and has no release: June continues April."""
    april, june = backfilled(home, APRIL, JUNE)
    assert june.manifest["previous_release_id"] == april.release_id


def test_what_has_been_built_is_known_by_all_it_was_made_of(home: Workspace) -> None:
    april, may = backfilled(home, APRIL, MAY)
    begins = begun(home)
    assert published(begins, APRIL) == april
    follows = continued(begins, april.release_id)
    assert published(follows, MAY) == may
    assert published(continued(begins, may.release_id), JUNE) is None
    # Another rule, and all is to be built anew.
    scheme = home.root / "segmentation" / "xyz.yml"
    scheme.write_text(scheme.read_text().replace("X: 0.5", "X: 0.6"))
    assert published(begins, APRIL) is None


def test_a_backfill_asks_no_database(home: Workspace) -> None:
    assert deliver_databases(begun(home), JUNE, lambda *_: None) == []

"""A later night: what it carries on from the release before, and what it leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from serving.release_reader import open_pair, open_release
from tests.night.company import FIRST_DAY, Done, copy_company, current, deliver, tierwise
from tests.night.conftest import Night

NEXT_WEEK = FIRST_DAY + timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class NextNight:
    """A workspace after its second night, with the rows that a reader saw while it ran."""

    workspace: Path
    before: str
    said: Done
    seen_by_reader: list[tuple[int]]


@pytest.fixture(scope="module")
def next_night(first_night: Night, tmp_path_factory: pytest.TempPathFactory) -> NextNight:
    """Return the night a week later, during which an analyst kept the first release open."""
    workspace = copy_company(first_night.workspace, tmp_path_factory.mktemp("next") / "company")
    before = current(workspace)
    deliver(workspace, NEXT_WEEK)
    database = workspace / "releases" / before / "tierwise.duckdb"
    with duckdb.connect(database, read_only=True) as reader:
        said = tierwise(
            *("refresh", "--workspace", workspace, "--as-of", NEXT_WEEK.isoformat(), "--json")
        )
        seen = reader.execute("select count(*) from segment_assignment").fetchall()
    assert said.status == 0, said.out + said.err
    return NextNight(workspace=workspace, before=before, said=said, seen_by_reader=seen)


def test_the_night_follows_the_release_before(next_night: NextNight) -> None:
    assert next_night.said.document["previous_release_id"] == next_night.before
    assert current(next_night.workspace) == next_night.said.document["release_id"]


def test_a_reader_is_not_disturbed_while_a_night_runs(next_night: NextNight) -> None:
    folder = next_night.workspace / "releases" / next_night.before
    with open_release(folder) as reader:
        published = reader.value("select count(*) from segment_assignment")
    assert next_night.seen_by_reader == [(published,)]


def test_golden_ids_do_not_move(next_night: NextNight) -> None:
    releases = next_night.workspace / "releases"
    with open_pair(releases / next_night.before, releases / current(next_night.workspace)) as pair:
        moved = pair.rows(
            "select b.* from before.golden_xref as b "
            "join after.golden_xref as a using (object_type, namespace, source_key, valid_from) "
            "where a.golden_id <> b.golden_id"
        )
        kept = pair.value(
            "select count(*) from before.golden_xref as b "
            "join after.golden_xref as a using (object_type, namespace, source_key, valid_from)"
        )
    assert moved == []
    assert kept > 100


def test_churn_is_the_difference_of_the_two_releases(next_night: NextNight) -> None:
    releases = next_night.workspace / "releases"
    with open_pair(releases / next_night.before, releases / current(next_night.workspace)) as pair:
        compared = pair.rows(
            "select coalesce(a.scheme_id, b.scheme_id) as scheme_id, "
            "coalesce(b.segment_id, '(none)') as from_segment_id, "
            "coalesce(a.segment_id, '(none)') as to_segment_id, count(*) as unit_count "
            "from after.segment_assignment as a full join before.segment_assignment as b "
            "on a.scheme_id = b.scheme_id and a.unit_id = b.unit_id group by all order by all"
        )
        published = pair.rows(
            "select scheme_id, from_segment_id, to_segment_id, unit_count "
            "from after.segment_churn order by all"
        )
    assert published == compared


def test_a_segment_that_stays_keeps_its_first_day(next_night: NextNight) -> None:
    releases = next_night.workspace / "releases"
    with open_pair(releases / next_night.before, releases / current(next_night.workspace)) as pair:
        wrong = pair.value(
            "select count(*) from after.segment_assignment as a "
            "left join before.segment_assignment as b using (scheme_id, unit_id) "
            "where a.valid_from is distinct from "
            "case when a.segment_id = b.segment_id then b.valid_from else a.as_of_date end"
        )
    assert wrong == 0


def test_rolling_back_serves_the_release_before_and_keeps_both(next_night: NextNight) -> None:
    latest = current(next_night.workspace)
    said = tierwise(
        *("rollback", next_night.before, "--workspace", next_night.workspace),
        *("--reason", "a planner asked for it", "--json"),
    )
    assert (said.status, current(next_night.workspace)) == (0, next_night.before)
    assert (next_night.workspace / "releases" / latest / "manifest.json").is_file()
    events = (next_night.workspace / "publications.jsonl").read_text()
    assert latest in events
    assert "a planner asked for it" in events


def test_cases_keep_the_day_on_which_they_opened(next_night: NextNight) -> None:
    releases = next_night.workspace / "releases"
    after = releases / next_night.said.document["release_id"]
    with open_pair(releases / next_night.before, after) as pair:
        kept = pair.rows(
            "select a.*, b.opened_date as opened_before from after.dq_stewardship as a "
            "join before.dq_stewardship as b using (case_id) where a.status = 'open'"
        )
    assert len(kept) > 5
    for case in kept:
        assert case["opened_date"] == case["opened_before"] == FIRST_DAY
        assert case["age_days"] == 7
        assert case["is_escalated"] == (case["due_date"] < NEXT_WEEK)
    assert any(case["is_escalated"] for case in kept)

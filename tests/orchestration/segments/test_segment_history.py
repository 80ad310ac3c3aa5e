"""The history of segments: two times, causes, and what becomes of it when golden ids change."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.matching.matched_nights import Company
from tests.orchestration.segments.segment_nights import FIRST_DAY, Row, SegmentNights, event

KEYS = tuple(f"a:{number}" for number in range(4))
# Each night: the group of each record, or none where it is not delivered, and a segment by id.
Night = tuple[list[int | None], list[str]]
NIGHTS = st.lists(
    st.tuples(
        st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=4, max_size=4),
        st.lists(st.sampled_from("ABC"), min_size=4, max_size=4),
    ),
    min_size=2,
    max_size=6,
)
FEW = settings(max_examples=8, deadline=None)


def run(nights: list[Night]) -> SegmentNights:
    """Run nights in which records group, part, go and come back, and segments change."""
    company, told = Company(), SegmentNights()
    for places, letters in nights:
        groups = defaultdict(list)
        for key, place in zip(KEYS, places, strict=True):
            if place is not None:
                groups[place].append(key)
        ids = company.night(list(groups.values()))
        segments = {
            golden_id: letters[number] for number, golden_id in enumerate(sorted(set(ids.values())))
        }
        booked = company.events.filter(pl.col("recorded_date") == company.day)
        told.night(segments, *booked.to_dicts())
    return told


@FEW
@given(nights=NIGHTS)
def test_each_night_is_there_as_it_was_known_and_nothing_overlaps(nights: list[Night]) -> None:
    told = run(nights)
    assert told.overlaps() == []
    for day, segments in told.past:
        assert told.segments_on(day, day) == sorted(segments.items())
        # No event of these nights holds from before its night: nothing has to be corrected.
        assert told.segments_on(day, told.day) == sorted(segments.items())


@FEW
@given(nights=NIGHTS)
def test_a_night_that_is_run_again_changes_nothing(nights: list[Night]) -> None:
    told = run(nights)
    once = told.rows("true")
    assert told.again(told.past[-1][1]) == once
    told.carry()
    assert told.night(told.past[-1][1]) == once
    # Nor does it if the release that it follows is one of the day itself, or later.
    told.day -= timedelta(days=1)
    assert told.again(told.past[-1][1]) == once


@FEW
@given(nights=NIGHTS)
def test_what_was_recorded_is_closed_and_never_changed(nights: list[Night]) -> None:
    told = SegmentNights()
    company: list[Row] = []
    for _, letters in nights:
        before = {_key(row): row for row in company}
        company = told.night({f"c-{n}": letter for n, letter in enumerate(letters)})
        now = {_key(row): row for row in company}
        assert before.keys() <= now.keys()
        for key, row in before.items():
            closed = {**row, "recorded_to": now[key]["recorded_to"]}
            assert now[key] == closed
            assert row["recorded_to"] in (None, now[key]["recorded_to"])


def _key(row: Row) -> tuple[object, ...]:
    return row["unit_id"], row["origin_unit_id"], row["valid_from"], row["recorded_from"]


def test_a_change_has_its_cause_and_changes_are_those_of_the_two_nights() -> None:
    told = SegmentNights()
    told.night({"c-1": "A", "c-2": "B", "c-3": "C"})
    told.night({"c-1": "B", "c-2": "B"})
    told.night({"c-1": "A", "c-2": "B", "c-3": "C"}, rule_hash="r2")
    told.night({"c-1": "C", "c-2": "B", "c-3": "C"}, rule_hash="r2", hold_reason="metric_untrusted")
    assert told.told("c-1") == [
        ("c-1", "A", 1, 2, "first", "features"),
        ("c-1", "B", 2, 3, "features", "rules"),
        ("c-1", "A", 3, 4, "rules", "metric_untrusted"),
        ("c-1", "C", 4, None, "metric_untrusted", None),
    ]
    assert told.told("c-2") == [("c-2", "B", 1, None, "first", None)]
    assert told.told("c-3") == [
        ("c-3", "C", 1, 2, "first", "unit"),
        ("c-3", "C", 3, None, "returned", None),
    ]


def test_a_survivors_history_includes_both_with_their_origin() -> None:
    told = SegmentNights()
    told.night({"c-1": "A", "c-2": "B"})
    told.night({"c-1": "A", "c-2": "C"})
    declared = event("merge", "c-1", "c-2", origin="declared", event_date=told.day)
    told.night({"c-1": "A"}, declared, days=3)
    assert told.told("c-1") == [
        ("c-1", "A", 1, None, "first", None),
        ("c-2", "B", 1, 2, "first", "features"),
        ("c-2", "C", 2, 5, "features", "merge"),
    ]
    # By what is known since, the other was none from the day of the event on, three days before.
    assert told.told("c-2") == [("c-2", "B", 1, 2, "first", "features")]
    (day, before), _ = told.past[1:]
    assert told.segments_on(day, day) == sorted(before.items())
    assert {row["actor"] for row in told.rows("event_id is not null")} == {"declared"}


def test_a_merge_that_is_undone_gives_each_its_own_and_both_the_time_together() -> None:
    told = SegmentNights()
    told.night({"c-1": "A", "c-2": "C"})
    merge = event("merge", "c-1", "c-2")
    told.night({"c-1": "B"}, merge)
    undone = event("split", "c-1", "c-2", reverses_event_id=merge["event_id"])
    told.night({"c-1": "B", "c-2": "C"}, undone, days=3)
    assert told.told("c-1") == [
        ("c-1", "A", 1, 2, "first", "merge"),
        ("c-1", "B", 2, None, "merge", None),
    ]
    assert told.told("c-2") == [
        ("c-1", "B", 2, 5, "merge", "split"),
        ("c-2", "C", 1, 2, "first", "merge"),
        ("c-2", "C", 5, None, "split", None),
    ]


def test_the_part_that_leaves_has_the_past_of_the_whole() -> None:
    told = SegmentNights()
    told.night({"c-1": "A"})
    told.night({"c-1": "B"})
    told.night({"c-1": "B", "c-9": "C"}, event("split", "c-1", "c-9"))
    assert told.told("c-9") == [
        ("c-1", "A", 1, 2, "first", "features"),
        ("c-1", "B", 2, 3, "features", "split"),
        ("c-9", "C", 3, None, "split", None),
    ]
    assert told.told("c-1")[-1] == ("c-1", "B", 2, None, "features", None)


@pytest.mark.parametrize("kind", ["divest", "retire"])
def test_the_rows_of_an_id_that_leaves_end_with_it_and_it_may_come_back(kind: str) -> None:
    told = SegmentNights()
    told.night({"c-1": "A", "c-2": "B"})
    left = event(kind, "c-2", event_date=FIRST_DAY + timedelta(days=2))
    told.night({"c-1": "A"}, left, days=3)
    assert told.told("c-2") == [("c-2", "B", 1, 2, "first", kind)]
    told.night(
        {"c-1": "A", "c-2": "B"}, event("reverse", "c-2", reverses_event_id=left["event_id"])
    )
    assert told.told("c-2") == [
        ("c-2", "B", 1, 2, "first", kind),
        ("c-2", "B", 5, None, "reverse", None),
    ]


def test_of_a_product_and_a_site_that_merge_in_one_night_the_items_meet() -> None:
    told = SegmentNights()
    told.night({"p-1@s-1": "A", "p-2@s-1": "B", "p-2@s-2": "C", "p-3@s-3": "A"})
    told.night(
        {"p-1@s-1": "A", "p-3@s-3": "A"},
        event("merge", "p-1", "p-2", object_type="product"),
        event("merge", "s-1", "s-2", object_type="site"),
    )
    assert [row[:4] for row in told.told("p-1@s-1")] == [
        ("p-1@s-1", "A", 1, None),
        ("p-2@s-1", "B", 1, 2),
        ("p-2@s-2", "C", 1, 2),
    ]
    assert told.told("p-2@s-2") == [("p-2@s-2", "C", 1, 2, "first", "merge")]
    assert told.told("p-3@s-3") == [("p-3@s-3", "A", 1, None, "first", None)]


def test_pairs_and_flows_have_the_past_of_both_customers_that_merge() -> None:
    told = SegmentNights()
    told.night({"p-1@c-1": "A", "p-1@c-2": "B", "s-1@c-1": "C", "s-2@c-2": "A"})
    told.night({"p-1@c-1": "A", "s-1@c-1": "C", "s-2@c-1": "A"}, event("merge", "c-1", "c-2"))
    assert [row[:4] for row in told.told("p-1@c-1")] == [
        ("p-1@c-1", "A", 1, None),
        ("p-1@c-2", "B", 1, 2),
    ]
    assert told.told("p-1@c-2") == [("p-1@c-2", "B", 1, 2, "first", "merge")]
    assert [row[:3] for row in told.told("s-2@c-1")] == [("s-2@c-1", "A", 2), ("s-2@c-2", "A", 1)]


def test_a_split_takes_back_what_pairs_had_of_the_other() -> None:
    told = SegmentNights()
    told.night({"p-1@c-1": "A", "p-1@c-2": "B"})
    told.night({"p-1@c-1": "A"}, event("merge", "c-1", "c-2"))
    assert len(told.told("p-1@c-1")) == 2
    told.night(
        {"p-1@c-1": "A", "p-1@c-2": "B"},
        event("split", "c-1", "c-2", reverses_event_id="e-merge-c-1-c-2"),
    )
    assert [row[0] for row in told.told("p-1@c-1")] == ["p-1@c-1"]
    assert "p-1@c-2" in [row[0] for row in told.told("p-1@c-2")]


def test_history_begins_with_the_days_that_the_release_before_knows() -> None:
    told = SegmentNights()
    told.night({"c-1": "A"})
    told.connection.execute("delete from segments.segment_assignment_history")
    told.night({"c-1": "A"}, days=9)
    assert told.told("c-1") == [("c-1", "A", 1, None, "first", None)]
    assert told.rows("true")[0]["recorded_from"] == told.day

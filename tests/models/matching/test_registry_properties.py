from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.matching.matched_nights import Company, Groups, clusters_of, ids

RECORDS = tuple(f"{system}:{number}" for system in "ab" for number in range(4))
FEW = settings(max_examples=60, deadline=None)


@st.composite
def partitions(draw: st.DrawFn, records: Sequence[str] = RECORDS) -> Groups:
    """Records, each in one of a few groups."""
    places = draw(st.lists(st.integers(0, 4), min_size=len(records), max_size=len(records)))
    return _grouped(records, places)


@st.composite
def deliveries(draw: st.DrawFn) -> Groups:
    """Groups of the records that happen to be delivered, at least one of them."""
    records = draw(st.lists(st.sampled_from(RECORDS), min_size=1, unique=True))
    return draw(partitions(sorted(records)))


def _grouped(records: Sequence[str], places: Sequence[int]) -> Groups:
    found: dict[int, list[str]] = defaultdict(list)
    for record, place in zip(records, places, strict=True):
        found[place].append(record)
    return list(found.values())


@FEW
@given(before=st.lists(deliveries(), max_size=3), tonight=deliveries(), seed=st.integers(0, 99))
def test_no_id_depends_on_the_order_of_what_is_delivered(
    before: list[Groups], tonight: Groups, seed: int
) -> None:
    company = Company()
    for groups in before:
        company.night(groups)
    clusters = clusters_of(tonight)
    turned = clusters.with_columns(cluster=100 - pl.col("cluster")).sample(
        fraction=1, shuffle=True, seed=seed
    )
    assert ids(company.registered(clusters)) == ids(company.registered(turned))


@FEW
@given(nights=st.lists(deliveries(), min_size=1, max_size=4))
def test_a_night_that_brings_nothing_new_moves_no_id_and_books_nothing(
    nights: list[Groups],
) -> None:
    company = Company()
    found = {}
    for groups in nights:
        found = company.night(groups)
    events = company.events
    for days in (0, 1):
        assert company.night(nights[-1], days=days) == found
        assert company.events.equals(events)


@FEW
@given(nights=st.lists(deliveries(), min_size=1, max_size=3), trust=st.permutations(range(1, 9)))
def test_whom_one_trusts_founds_ids_and_moves_none(nights: list[Groups], trust: list[int]) -> None:
    company = Company()
    found = {}
    for groups in nights:
        found = company.night(groups)
    again = clusters_of(nights[-1]).with_columns(
        precedence=pl.col("precedence").replace_strict(range(1, 9), trust)
    )
    company.night(nights[-1], days=0)
    assert ids(company.registered(again)) == found


@FEW
@given(
    first=partitions(),
    meetings=st.lists(st.lists(st.integers(0, 4), min_size=5, max_size=5), max_size=4),
)
def test_a_merge_that_is_undone_leaves_every_id_where_it_was(
    first: Groups, meetings: list[list[int]]
) -> None:
    company = Company()
    at_first = company.night(first)
    groups = first
    for places in meetings:
        merged: dict[int, list[str]] = defaultdict(list)
        for group, place in zip(groups, places, strict=False):
            merged[place] += group
        groups = list(merged.values())
        company.night(groups)
    assert company.night(first) == at_first
    standing = company.events.filter(
        (pl.col("event_type") == "merge") & pl.col("is_reversed").not_()
    )
    assert standing.height == 0


@FEW
@given(nights=st.lists(deliveries(), min_size=2, max_size=6))
def test_nobodys_id_changes_without_an_event(nights: list[Groups]) -> None:
    company = Company()
    last: dict[str, str] = {}
    given_before: set[str] = set()
    alive: set[str] = set()
    for groups in nights:
        booked = company.events
        found = company.night(groups)
        tonight = company.events.join(booked, on="event_id", how="anti")
        named = [set(row) for row in tonight.select("golden_id", "other_golden_id").iter_rows()]
        for group in groups:
            assert len({found[record] for record in group}) == 1
        assert len(set(found.values())) == len(groups)
        for record, golden_id in found.items():
            if last.get(record, golden_id) != golden_id:
                assert {last[record], golden_id} in named
        ended = alive - set(found.values())
        returned = (set(found.values()) & given_before) - alive
        assert all(any(golden_id in pair for pair in named) for golden_id in ended | returned)
        last |= found
        given_before |= set(found.values())
        alive = set(found.values())


@FEW
@given(nights=st.lists(deliveries(), min_size=2, max_size=5))
def test_events_are_kept_and_only_ever_marked_as_reversed(nights: list[Groups]) -> None:
    company = Company()
    for groups in nights:
        before = company.events
        company.night(groups)
        kept = company.events.join(before, on="event_id", how="semi").sort("event_id")
        assert kept.drop("is_reversed").equals(before.sort("event_id").drop("is_reversed"))
        marked = kept["is_reversed"].to_list(), before.sort("event_id")["is_reversed"].to_list()
        assert all(now >= then for now, then in zip(*marked, strict=True))
        assert company.events["event_id"].is_unique().all()

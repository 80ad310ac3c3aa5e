"""Three trees over the same customers, night after night."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.hierarchy_nights import SECOND_NIGHT, Trees, build_trees
from tests.dbt_project.planted_trees import (
    BOTH_VIEWS,
    CHANGED,
    CRM,
    FIRST,
    LATE,
    MOVED,
    RULES,
    second_delivery,
)
from tests.docs.pages import code_blocks

PARENTS = """
    select customer_id, view_name, node_id, settled_by from hierarchies.hier_customer
    where is_own_node and valid_to is null order by all
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trees")


@pytest.fixture(scope="module")
def first(folder: Path) -> Trees:
    return build_trees(folder, FIRST)


@pytest.fixture(scope="module")
def second(folder: Path, first: Trees) -> Trees:
    trees = {"erp": second_delivery(), "crm": CRM}
    night = replace(FIRST, trees=trees, business_date=SECOND_NIGHT)
    return build_trees(folder, night, previous=first)


@pytest.mark.requirement("S2.M2.B1")
def test_every_customer_has_one_parent_a_view_and_day_and_every_view_adds_up_to_the_same(
    first: Trees, second: Trees
) -> None:
    for night in (first, second):
        wrong = night.rows(
            """
            with days as (
                select unnest(
                    generate_series(date '2023-01-01', date '2026-07-31', interval 1 day)
                ) as day
            ),
            leaves as (select customer_id from golden.golden_customer),
            views as (select distinct view_name, level_number from hierarchies.hier_customer)
            select v.view_name, l.customer_id, v.level_number, d.day, count(h.node_id) as n
            from days as d cross join leaves as l cross join views as v
            left join hierarchies.hier_customer as h
                on h.customer_id = l.customer_id and h.view_name = v.view_name
                and h.level_number = v.level_number
                and h.valid_from <= d.day and (h.valid_to is null or d.day < h.valid_to)
            group by all having n <> 1
            """
        )
        assert wrong == []
        # A path has one node a level, and the one above it is on the level above: no cycle.
        assert (
            night.rows(
                """
                select a.* from hierarchies.hier_customer as a
                left join hierarchies.hier_customer as b
                    on b.customer_id = a.customer_id and b.view_name = a.view_name
                    and b.level_number = a.level_number - 1 and b.valid_from <= a.valid_from
                    and (b.valid_to is null or a.valid_from < b.valid_to)
                where a.level_number > 1 and a.node_id <> b.node_id
                    and a.parent_node_id is distinct from b.node_id
                """
            )
            == []
        )
        for condition in AS_IS, AS_WAS:
            sums = night.rows(rolled_up("view_name, level_number", condition))
            assert {amount for _, _, amount in sums} == {111_111_111}, condition
            assert len(sums) == 3 + 3 + 2


AS_IS = "h.valid_to is null"
AS_WAS = "h.valid_from <= l.order_date and (h.valid_to is null or l.order_date < h.valid_to)"


def rolled_up(columns: str, condition: str) -> str:
    return f"""
        select {columns}, sum(l.revenue_amount)::bigint from facts.fct_order_line as l
        join hierarchies.hier_customer as h on h.customer_id = l.customer_id and {condition}
        group by all order by all
    """


@pytest.mark.requirement("S2.M2.B1")
def test_subtotals_of_regions_agree_between_levels_and_between_views(first: Trees) -> None:
    (levels,) = (
        first.rows(
            """
            select sum(low.amount)::bigint, any_value(top.amount)::bigint from (
                select sum(l.revenue_amount) as amount from facts.fct_order_line as l
                join hierarchies.hier_customer as h on h.customer_id = l.customer_id
                    and h.valid_to is null and h.view_name = 'sales' and h.level_number = 2
                    and h.node_id = 'G2'
            ) as low, (
                select sum(l.revenue_amount) as amount from facts.fct_order_line as l
                join hierarchies.hier_customer as h on h.customer_id = l.customer_id
                    and h.valid_to is null and h.view_name = 'sales' and h.level_number = 1
                    and h.node_id = 'sales-US'
            ) as top
            """
        ),
    )
    assert levels == [(10_111, 10_111)]
    regions = {
        view: dict(
            first.rows(
                rolled_up(
                    "h.node_name", f"h.view_name = '{view}' and h.level_number = 1 and {AS_IS}"
                )
            )
        )
        for view in BOTH_VIEWS
    }
    assert regions["sales"] == regions["logistics"]
    assert regions["sales"] == {"EU": 11_101_000, "US": 10_111, "unassigned": 100_000_000}


def test_as_was_and_as_is_are_two_questions_with_the_planted_answers(first: Trees) -> None:
    as_was, as_is = ("\n".join(block) for block in code_blocks("hierarchies.md", "sql")[:2])
    with duckdb.connect(str(first.file), read_only=True) as connection:
        connection.execute("set search_path = 'hierarchies,facts'")
        answers = [connection.execute(query).fetchall() for query in (as_was, as_is)]
    others = {"G1": 11_101_000, "G2": 10_000, "unassigned": 100_000_000}
    # The one euro that MOVER brought before it moved belongs to G1 as was, and to G2 as is.
    assert dict(answers[0]) == others | {"G1": 11_101_001, "G2": 10_110}
    assert dict(answers[1]) == others | {"G2": 10_111}


@pytest.mark.requirement("S3.M2.B2")
def test_a_ship_to_with_two_parents_is_found_settled_by_rule_or_stays_and_is_counted(
    first: Trees, second: Trees
) -> None:
    for night in (first, second):
        found = night.rows(
            "select object_id, kind, settled_by, standing_node_id, other_standing_node_id, "
            "value_at_stake_amount::bigint from hierarchies.hier_disagreement order by all"
        )
        assert found == [
            ("c-BOTH", "sources", "erp_first", "G1", "G1", 10_000_000),
            ("c-OPEN", "views", None, "G1", "G1", 1_000),
            ("c-TWICE", "sources", None, "G1", "G1", 100_000),
            ("c-VOTED", "views", "most_views", "G2", "G2", 10_000),
        ]
        parents = {(c, v): (n, s) for c, v, n, s in night.rows(PARENTS)}
        assert parents["c-VOTED", "logistics"] == ("G2", "most_views")
        for view in ("sales", "logistics"):
            assert parents["c-OPEN", view] == parents["c-TWICE", view] == ("G1", None)


def test_a_rule_counts_from_the_day_on_which_two_views_began_to_differ(first: Trees) -> None:
    places = first.rows(
        "select node_id, valid_from, valid_to from hierarchies.hier_customer where is_own_node "
        "and customer_id = 'c-VOTED' and view_name = 'logistics' order by valid_from"
    )
    assert places[1:] == [("G1", date(2024, 1, 1), CHANGED), ("G2", CHANGED, None)]


def test_a_change_that_arrives_late_is_in_force_from_its_own_day_and_says_since_when_known(
    first: Trees, second: Trees
) -> None:
    history = """
        select node_id, valid_from, valid_to, recorded_date from hierarchies.hier_customer
        where is_own_node and customer_id = 'c-MOVER' and view_name = 'sales'
            and valid_from >= date '2025-01-01' order by valid_from
    """
    night, following = FIRST.business_date, SECOND_NIGHT
    assert first.rows(history) == [("G3", MOVED, None, night)]
    assert second.rows(history) == [("G3", MOVED, LATE, night), ("G2", LATE, None, following)]


def test_a_change_without_a_day_is_in_force_from_the_night_that_brings_it(second: Trees) -> None:
    history = second.rows(
        "select node_id, valid_from, valid_to from hierarchies.hier_customer where is_own_node "
        "and customer_id = 'c-PLAIN' and view_name = 'sales' order by valid_from"
    )
    assert history == [("G1", date(1900, 1, 1), SECOND_NIGHT), ("G2", SECOND_NIGHT, None)]


def test_a_group_with_a_new_name_moves_nobody(first: Trees, second: Trees) -> None:
    names = "select distinct node_name from hierarchies.hier_customer where node_id = 'G1'"
    assert (first.rows(names), second.rows(names)) == ([("Group G1",)], [("Renamed",)])
    stayed = """
        select valid_from, recorded_date from hierarchies.hier_customer
        where is_own_node and customer_id = 'c-OPEN' order by all
    """
    assert second.rows(stayed) == first.rows(stayed)


def test_a_night_run_again_gives_the_same_trees(folder: Path, first: Trees, second: Trees) -> None:
    trees = {"erp": list(reversed(second_delivery())), "crm": CRM}
    again = build_trees(
        folder, replace(FIRST, trees=trees, business_date=SECOND_NIGHT), previous=first
    )
    for table in ("hier_customer", "hier_customer_node", "hier_customer_member"):
        query = f"select * from hierarchies.{table} order by all"
        assert again.rows(query) == second.rows(query), table


def test_an_experts_ruling_comes_first_and_a_steward_is_asked_no_more(
    folder: Path, second: Trees
) -> None:
    ruling = {
        "system": "erp",
        "key": "OPEN",
        "node": "G2",
        "decided_by": "sales",
        "reason": "Told.",
    }
    customers = RULES["customers"] | {"rulings": [ruling]}
    night = replace(FIRST, hierarchies={"customers": customers}, business_date=date(2026, 7, 2))
    third = build_trees(folder, night, previous=second)
    parents = {(c, v): (n, s) for c, v, n, s in third.rows(PARENTS)}
    for view in ("sales", "logistics"):
        assert parents["c-OPEN", view] == ("G2", "ruled")
    unsettled = "select object_id from hierarchies.hier_disagreement where settled_by is null"
    assert third.rows(unsettled) == [("c-TWICE",)]


def test_without_rules_nothing_is_settled_and_every_level_still_holds_everyone(
    folder: Path,
) -> None:
    bare = build_trees(folder, replace(FIRST, hierarchies={}))
    sums = bare.rows(rolled_up("view_name, level_number", AS_WAS))
    assert {amount for _, _, amount in sums} == {111_111_111}
    found = bare.rows("select object_id, settled_by from hierarchies.hier_disagreement order by 1")
    assert found == [("c-BOTH", None), ("c-TWICE", None)]

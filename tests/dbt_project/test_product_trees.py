"""One product tree, reconciled from what three regions say; the regions' own trees stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.hierarchy_nights import SECOND_NIGHT, Rows, TreeNight, Trees, build_trees


def tree(view: str, **parents: str | None) -> Rows:
    return [
        {"view_name": view, "node_id": node, "node_name": node, "parent_node_id": parent}
        for node, parent in parents.items()
    ]


def hung(**nodes: str) -> Rows:
    return [
        {"product_id": key, "product_name": key, "hierarchy_node_id": at}
        for key, at in nodes.items()
    ]


PRODUCTS: Mapping[str, Mapping[str, Rows]] = {
    "north": {
        "product_hierarchy": tree("enterprise", TOOLS=None, LIGHT=None, DRILLS="TOOLS"),
        "products": hung(SAME="DRILLS", OWNED="DRILLS", OUTVOTED="DRILLS", RULED="DRILLS"),
    },
    "south": {
        "product_hierarchy": tree("shelves", S_TOOLS=None, S_LIGHT=None, S_BLUE="S_TOOLS"),
        # SAME: the south says tools, of which drills are some; that is no other opinion.
        "products": hung(
            SAME="S_BLUE", OWNED="S_LIGHT", OUTVOTED="S_LIGHT", RULED="S_LIGHT", ALONE="S_LIGHT"
        ),
    },
    "west": {
        "product_hierarchy": tree("racks", W_LIGHT=None),
        "products": hung(OUTVOTED="W_LIGHT", LOST="NOWHERE"),
    },
}
GOLDEN = {
    "p-SAME": [("north", "SAME"), ("south", "SAME")],
    "p-OWNED": [("north", "OWNED"), ("south", "OWNED")],
    "p-OUTVOTED": [("north", "OUTVOTED"), ("south", "OUTVOTED"), ("west", "OUTVOTED")],
    "p-RULED": [("north", "RULED"), ("south", "RULED")],
    "p-ALONE": [("south", "ALONE")],
    "p-LOST": [("west", "LOST")],
}
AUTHORITY = {"rule": "owner", "kind": "precedence", "order": ["north", "south"]}
RULES: dict[str, Any] = {
    "view": "enterprise",
    "regions": [
        {"system": "south", "view": "shelves", "nodes": {"S_TOOLS": "TOOLS", "S_LIGHT": "LIGHT"}},
        {"system": "west", "view": "racks", "nodes": {"W_LIGHT": "LIGHT"}},
    ],
    "rules": [
        {"rule": "ruled", "kind": "expert"},
        {"rule": "most_records", "kind": "majority"},
        AUTHORITY,
    ],
    "rulings": [
        {"system": "south", "key": "RULED", "node": "LIGHT", "decided_by": "items", "reason": "x"}
    ],
}
NIGHT = TreeNight(
    trees={},
    customers={},
    products=PRODUCTS,
    golden_products=GOLDEN,
    hierarchies={"products": RULES},
    revenue=[(name, date(2026, 6, 1), 10**at) for at, name in enumerate(GOLDEN)],
)
OWN = """
    select product_id, node_id, settled_by, is_disputed from hierarchies.hier_product
    where view_name = 'enterprise' and is_own_node and valid_to is null order by product_id
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("product_trees")


@pytest.fixture(scope="module")
def first(folder: Path) -> Trees:
    return build_trees(folder, NIGHT)


@pytest.mark.requirement("S4.M2.B3")
def test_a_product_has_one_place_in_the_one_tree_and_says_which_rule_chose_it(
    first: Trees,
) -> None:
    assert first.rows(OWN) == [
        ("p-ALONE", "LIGHT", None, False),
        ("p-LOST", "unassigned", None, False),
        ("p-OUTVOTED", "LIGHT", "most_records", True),
        ("p-OWNED", "DRILLS", "owner", True),
        ("p-RULED", "LIGHT", "ruled", True),
        ("p-SAME", "DRILLS", None, False),
    ]
    listed = first.rows(
        "select object_id, node_key, other_node_key, settled_by, standing_node_id, "
        "value_at_stake_amount::bigint from hierarchies.hier_disagreement order by object_id"
    )
    assert listed == [
        ("p-OUTVOTED", "north:DRILLS", "north:LIGHT", "most_records", "LIGHT", 100),
        ("p-OWNED", "north:DRILLS", "north:LIGHT", "owner", "DRILLS", 10),
        ("p-RULED", "north:DRILLS", "north:LIGHT", "ruled", "LIGHT", 1_000),
    ]


@pytest.mark.requirement("S4.M2.B3")
def test_the_trees_of_the_regions_stay_and_add_up_to_the_same_total(first: Trees) -> None:
    sums = first.rows(
        """
        select h.view_name, h.level_number, sum(l.revenue_amount)::bigint, count(*)
        from facts.fct_order_line as l
        join hierarchies.hier_product as h using (product_id)
        where h.valid_to is null group by all order by all
        """
    )
    levels = [("enterprise", 1), ("enterprise", 2), ("racks", 1), ("shelves", 1), ("shelves", 2)]
    assert sums == [(*level, 111_111, len(GOLDEN)) for level in levels]
    regional = first.rows(
        "select product_id, node_id from hierarchies.hier_product where view_name = 'shelves' "
        "and is_own_node and valid_to is null and node_id <> 'unassigned' order by all"
    )
    assert regional == [
        ("p-ALONE", "S_LIGHT"),
        ("p-OUTVOTED", "S_LIGHT"),
        ("p-OWNED", "S_LIGHT"),
        ("p-RULED", "S_LIGHT"),
        ("p-SAME", "S_BLUE"),
    ]


def test_without_a_rule_the_last_valid_place_stays_and_no_row_begins_anew(
    folder: Path, first: Trees
) -> None:
    rules = RULES | {"rules": [AUTHORITY | {"rule": "south", "order": ["west"]}], "rulings": []}
    night = replace(NIGHT, hierarchies={"products": rules}, business_date=SECOND_NIGHT)
    second = build_trees(folder, night, previous=first)
    places = {name: (node, rule) for name, node, rule, _ in second.rows(OWN)}
    assert places["p-OWNED"] == ("DRILLS", None)
    assert places["p-RULED"] == ("LIGHT", None)
    assert places["p-OUTVOTED"] == ("LIGHT", "south")
    since = "select valid_from from hierarchies.hier_product where product_id = 'p-SAME'"
    assert set(second.rows(since)) == {(NIGHT.business_date,)}

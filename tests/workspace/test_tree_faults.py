"""Nodes that no tree has a place for, as delivered in a file of one system."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.small_company import CONFIGURATION, SOURCE, Company, ingested

EXTRACT = """\
  groups:
    path: erp/groups_*.csv
    description: Trees.
    key: [view, node, since]
    columns: {view: text, node: text, above: text, account: text, since: date, until: date}
  shelves:
    path: erp/shelves_*.csv
    description: Shelves.
    key: [node]
    columns: {node: text, above: text}
mappings:
  - entity: customer_hierarchy
    extract: groups
    columns:
      view_name: view
      node_id: node
      parent_node_id: above
      customer_id: account
      valid_from: since
      valid_to: until
  - entity: product_hierarchy
    extract: shelves
    columns: {view_name: "'shelves'", node_id: node, parent_node_id: above, node_name: node}
"""
FILES = CONFIGURATION | {
    "sources/erp.yml": SOURCE.replace("mappings:\n", EXTRACT, 1),
    "golden/hierarchies.yml": "maximum_depth: 3\n",
}
SHELVES = "node,above\nTOP,\n"


def booked(folder: Path, groups: str, shelves: str = SHELVES) -> set[tuple[int, str, str]]:
    """Return record, code and detail of what is set aside."""
    header = "view,node,above,account,since,until\n"
    delivery = {"erp/groups_1.csv": header + groups, "erp/shelves_1.csv": shelves}
    with ingested(Company(root=folder, configuration=FILES).open(delivery)) as night:
        return set(
            night.rows(
                "select record_number, code, detail from control.quarantine "
                "where extract in ('groups', 'shelves')"
            )
        )


@pytest.mark.parametrize(
    ("groups", "wrong"),
    [
        pytest.param("sales,A,A,,2020-01-01,\n", {(1, "ROW_CYCLE")}, id="self parent"),
        pytest.param(
            "sales,A,B,,2020-01-01,\nsales,B,A,,2020-01-01,\n",
            {(1, "ROW_CYCLE"), (2, "ROW_CYCLE")},
            id="circle",
        ),
        pytest.param(
            "sales,A,,,2020-01-01,2022-01-01\nsales,B,A,,2020-01-01,2022-01-01\n"
            "sales,B,,,2022-01-01,\nsales,A,B,,2022-01-01,\n",
            set(),
            id="two nodes change places in the course of time",
        ),
        pytest.param(
            "sales,T,,,2020-01-01,\nsales,U,,,2020-01-01,\n"
            "sales,A,T,,2020-01-01,2022-01-01\nsales,A,U,,2021-01-01,\n",
            {(3, "ROW_TWO_PARENTS"), (4, "ROW_TWO_PARENTS")},
            id="two parents of a group",
        ),
        pytest.param(
            "sales,T,,,2020-01-01,\nsales,U,,,2020-01-01,\n"
            "sales,A,T,,2020-01-01,2022-01-01\nsales,A,U,,2022-01-01,\n",
            set(),
            id="one parent after the other",
        ),
        pytest.param(
            "sales,T,,,2020-01-01,\nsales,U,,,2020-01-01,\n"
            "sales,C1,T,C1,2020-01-01,\nsales,C1,U,C1,2021-01-01,\n",
            set(),
            id="two parents of an account are a steward's question",
        ),
        pytest.param(
            "sales,T,,,2020-01-01,\nsales,U,,,2020-01-01,\nsales,C2,C1,C2,2020-01-01,\n"
            "sales,C1,T,C1,2020-01-01,\nsales,C1,U,C1,2021-01-01,\n",
            {(4, "ROW_TWO_PARENTS"), (5, "ROW_TWO_PARENTS")},
            id="two parents of an account that others hang on",
        ),
        pytest.param("sales,A,NONE,,2020-01-01,\n", {(1, "ROW_ORPHAN")}, id="orphan parent"),
        pytest.param(
            "sales,T,,,2020-01-01,\nlogistics,A,T,,2020-01-01,\n",
            {(2, "ROW_ORPHAN")},
            id="a parent of another view",
        ),
        pytest.param(
            "sales,A,A,,2020-01-01,\nsales,B,A,,2020-01-01,\nsales,C1,B,C1,2020-01-01,\n",
            {(1, "ROW_CYCLE")},
            id="what hangs below a fault is not at fault",
        ),
        pytest.param(
            "sales,A,,,2020-01-01,\nsales,B,A,,2020-01-01,\nsales,C,B,,2020-01-01,\n"
            "sales,D,C,,2020-01-01,\n",
            {(4, "ROW_DEPTH")},
            id="below the deepest level",
        ),
        pytest.param("sales,A,,,2020-01-01,2020-01-01\n", {(1, "ROW_RANGE")}, id="for no day"),
    ],
)
def test_each_node_without_a_place_is_set_aside_under_its_code(
    groups: str, wrong: set[tuple[int, str]], tmp_path: Path
) -> None:
    assert {(record, code) for record, code, _ in booked(tmp_path, groups)} == wrong


def test_the_detail_names_the_parents(tmp_path: Path) -> None:
    groups = "sales,T,,,2020-01-01,\nsales,U,,,2020-01-01,\n"
    groups += "sales,A,T,,2020-01-01,\nsales,A,U,,2021-01-01,\n"
    details = {detail for _, _, detail in booked(tmp_path, groups)}
    assert details == {"The node stands under T and U at a time"}


def test_a_product_node_is_held_to_the_same(tmp_path: Path) -> None:
    shelves = "node,above\nA,\nB,A\nC,B\nD,C\nX,NONE\nY,Y\n"
    found = booked(tmp_path, "sales,A,,,2020-01-01,\n", shelves)
    assert {(record, code) for record, code, _ in found} == {
        (4, "ROW_DEPTH"),
        (5, "ROW_ORPHAN"),
        (6, "ROW_CYCLE"),
    }

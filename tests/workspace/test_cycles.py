from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workspace.ingest.cycles import Node, cycles


def node(name: int | str) -> Node:
    return ("erp", "main", str(name))


def above(**parents: str) -> dict[Node, Node]:
    return {node(child): node(parent) for child, parent in parents.items()}


def test_each_cycle_is_found_once_from_its_smallest_node_on() -> None:
    found = cycles(above(C="B", B="A", A="C", X="X", D="A", E="R"))
    assert found == [[node("A"), node("C"), node("B")], [node("X")]]


def test_views_and_namespaces_are_apart() -> None:
    one, other = ("erp", "main", "A"), ("erp", "finance", "B")
    assert cycles({one: ("erp", "main", "B"), other: ("erp", "finance", "A")}) == []


def test_a_chain_of_a_hundred_thousand_nodes_ends() -> None:
    chain = {node(f"{n:06}"): node(f"{n + 1:06}") for n in range(100_000)}
    assert cycles(chain) == []
    chain[node("100000")] = node("000000")
    assert [len(cycle) for cycle in cycles(chain)] == [100_001]


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12)))
def test_a_node_is_on_a_cycle_if_and_only_if_its_way_up_returns_to_it(
    parents: dict[int, int],
) -> None:
    def returns(start: int) -> bool:
        at: int | None = start
        for _ in range(14):
            at = parents.get(at) if at is not None else None
            if at == start:
                return True
        return False

    found = {
        one for cycle in cycles({node(a): node(b) for a, b in parents.items()}) for one in cycle
    }
    assert found == {node(n) for n in parents if returns(n)}

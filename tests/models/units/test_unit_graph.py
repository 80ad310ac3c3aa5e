from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.units.graph import Edge, Resolution, resolve

UNITS = ("EA", "IN", "CS", "LY", "PAL", "KGM", "LTR", "MTR")
worths = st.builds(Fraction, st.integers(1, 10_000), st.integers(1, 1_000))


def edge(unit: str, to_unit: str, factor: Fraction | int | str) -> Edge:
    return Edge(unit=unit, to_unit=to_unit, factor=Fraction(factor))


@st.composite
def consistent_graphs(draw: st.DrawFn) -> tuple[dict[str, Fraction], list[Edge]]:
    """Draw what each unit is worth in EA, and edges between units that follow from it."""
    worth = {unit: draw(worths) for unit in UNITS} | {"EA": Fraction(1)}
    pairs = draw(st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(UNITS)), max_size=20))
    return worth, [edge(u, v, worth[u] / worth[v]) for u, v in pairs]


@given(consistent_graphs())
def test_a_consistent_graph_never_contradicts_and_every_joined_unit_has_its_worth(
    graph: tuple[dict[str, Fraction], list[Edge]],
) -> None:
    worth, edges = graph
    found = resolve("EA", edges)
    assert found.cycles == ()
    assert found.potentials == {unit: worth[unit] for unit in found.potentials}
    joined = {"EA"}
    for _ in UNITS:
        joined |= {u for e in edges if {e.unit, e.to_unit} & joined for u in (e.unit, e.to_unit)}
    assert found.potentials.keys() == joined


@given(consistent_graphs(), st.randoms(use_true_random=False))
def test_the_order_of_the_factors_and_the_end_they_are_read_from_mean_nothing(
    graph: tuple[dict[str, Fraction], list[Edge]], random: Random
) -> None:
    edges = graph[1]
    shuffled = [e if random.random() < 0.5 else e.reversed() for e in edges + edges[:3]]
    random.shuffle(shuffled)
    assert resolve("EA", shuffled) == resolve("EA", edges)


@given(consistent_graphs(), st.fractions(min_value=0, max_value=10**6, max_denominator=10_000))
def test_a_quantity_converted_there_and_back_is_unchanged(
    graph: tuple[dict[str, Fraction], list[Edge]], quantity: Fraction
) -> None:
    potentials = resolve("EA", graph[1]).potentials
    for unit, worth in potentials.items():
        for other, other_worth in potentials.items():
            there = quantity * worth / other_worth
            assert there * other_worth / worth == quantity, (unit, other)


@given(consistent_graphs(), worths.filter(lambda factor: factor != 1))
def test_one_wrong_factor_on_a_cycle_is_found_and_the_cycle_multiplies_to_something_else(
    graph: tuple[dict[str, Fraction], list[Edge]], wrong: Fraction
) -> None:
    worth, edges = graph
    ring = [edge(u, v, worth[u] / worth[v]) for u, v in pairwise((*UNITS, UNITS[0]))]
    spoiled = edge(ring[2].unit, ring[2].to_unit, ring[2].factor * wrong)
    around = {frozenset({spoiled.unit, spoiled.to_unit})}
    others = [e for e in edges if frozenset({e.unit, e.to_unit}) not in around]
    found = resolve("EA", [*others, *ring[:2], spoiled, *ring[3:]])
    assert found.cycles
    for cycle in found.cycles:
        assert is_closed_walk(cycle.edges)
        assert product(cycle.edges) == cycle.product != 1
        assert {spoiled, spoiled.reversed()} & set(cycle.edges)


def is_closed_walk(edges: tuple[Edge, ...]) -> bool:
    follows = all(one.to_unit == next_.unit for one, next_ in pairwise(edges))
    return follows and edges[-1].to_unit == edges[0].unit


def product(edges: tuple[Edge, ...]) -> Fraction:
    result = Fraction(1)
    for step in edges:
        result *= step.factor
    return result


def test_a_contradiction_names_the_edges_of_its_cycle() -> None:
    found = resolve("EA", [edge("CS", "EA", 12), edge("PAL", "CS", 40), edge("PAL", "EA", 500)])
    (cycle,) = found.cycles
    assert str(cycle) == (
        "1 PAL = 40 CS, 1 CS = 12 EA, 500 EA = 1 PAL: round the cycle 1 PAL becomes 24/25 PAL"
    )


def test_two_factors_for_the_same_units_and_a_unit_unlike_itself_are_cycles() -> None:
    twice = resolve("EA", [edge("CS", "EA", 12), edge("CS", "EA", 10)])
    assert [len(cycle.edges) for cycle in twice.cycles] == [2]
    loop = resolve("EA", [edge("EA", "EA", 2)])
    assert [str(cycle) for cycle in loop.cycles] == [
        "1 EA = 2 EA: round the cycle 1 EA becomes 2 EA"
    ]
    assert resolve("EA", [edge("EA", "EA", 1)]).cycles == ()


def test_units_that_nothing_joins_to_the_base_stand_apart() -> None:
    found = resolve("EA", [edge("PAL", "CS", 40), edge("KGM", "LTR", "0.9"), edge("IN", "EA", 4)])
    assert found == Resolution(
        potentials={"EA": Fraction(1), "IN": Fraction(4)},
        cycles=(),
        parts=(frozenset({"CS", "PAL"}), frozenset({"KGM", "LTR"})),
    )
    assert found.part_of("PAL") == {"CS", "PAL"}
    assert found.part_of("GRM") == {"GRM"}


def test_factors_are_said_in_whole_numbers() -> None:
    assert str(edge("KGM", "EA", "2.2")) == "5 KGM = 11 EA"

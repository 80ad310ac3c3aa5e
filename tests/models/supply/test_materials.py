"""How deep a bill of materials goes."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.supply.materials import process_complexity


def complexity(*rows: str) -> dict[str, tuple[int | None, int | None]]:
    """`A>b*` says that A is made of the phantom b."""
    split = [row.split(">") for row in rows]
    frame = pl.DataFrame(
        [(product, part.rstrip("*"), part.endswith("*")) for product, part in split],
        schema={
            "product_id": pl.String,
            "component_product_id": pl.String,
            "is_phantom": pl.Boolean,
        },
        orient="row",
    )
    return {product: (levels, parts) for product, levels, parts in process_complexity(frame).rows()}


def test_levels_are_the_longest_way_down_and_components_are_counted_once() -> None:
    found = complexity("A>B", "A>C", "B>C", "B>D", "C>E")
    assert found == {"A": (3, 4), "B": (2, 3), "C": (1, 1)}


def test_a_phantom_is_neither_a_level_nor_a_component() -> None:
    assert complexity("A>b*", "b>C", "b>D", "A>E") == {"A": (1, 3), "b": (1, 2)}
    assert complexity("A>b*") == {"A": (0, 0)}


def test_what_goes_in_a_circle_or_is_made_of_it_cannot_be_taken_apart() -> None:
    found = complexity("A>B", "B>C", "C>B", "B>D", "X>D", "Y>A")
    assert found["X"] == (1, 1)
    assert {found[product] for product in "ABCY"} == {(None, None)}


def test_no_bill_of_materials_is_no_row() -> None:
    assert complexity() == {}


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_a_product_is_deeper_than_each_of_its_components(pairs: set[tuple[int, int]]) -> None:
    edges = [(a, b) for a, b in pairs if a < b]
    found = complexity(*(f"{a}>{b}" for a, b in edges))
    for above, below in edges:
        levels, parts = found[str(above)]
        inner_levels, inner_parts = found.get(str(below), (0, 0))
        assert levels is not None
        assert parts is not None
        assert inner_levels is not None
        assert inner_parts is not None
        assert levels > inner_levels
        assert parts > inner_parts

"""Histories laid out as matrices are what they were as rows."""

from __future__ import annotations

from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand import histories
from models.demand.histories import blocks

SCHEMA = {
    "series": pl.Int32,
    "week": pl.Int32,
    "size": pl.Float64,
    "is_estimated": pl.Boolean,
}


def rows(series: list[list[int]], *, estimated: int = 0) -> pl.DataFrame:
    """Return demand of series that end with week 0; sizes equal to `estimated` are estimates."""
    found = [
        (number, week - len(sizes) + 1, float(size), size == estimated)
        for number, sizes in enumerate(series)
        for week, size in enumerate(sizes)
        if size
    ]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


def trimmed(sizes: list[int], *, estimated: int) -> list[int]:
    """Return a history from its first demand that is seen."""
    first = next((n for n, size in enumerate(sizes) if size and size != estimated), len(sizes))
    return sizes[first:]


@pytest.mark.parametrize("cells", [30, 1 << 28])
@given(
    st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=12),
    st.randoms(use_true_random=False),
)
def test_blocks_hold_each_history_as_it_was(
    cells: int, series: list[list[int]], random: Random
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(histories, "CELLS", cells)
        found = list(
            blocks(
                rows(series, estimated=3).sample(
                    fraction=1, shuffle=True, seed=random.randint(0, 9)
                )
            )
        )
    laid_out = {
        int(number): (list(sizes), list(seen))
        for block in found
        for number, sizes, seen in zip(block.series, block.sizes, block.seen, strict=True)
    }
    known = {number: trimmed(sizes, estimated=3) for number, sizes in enumerate(series)}
    assert laid_out == {
        number: (sizes, [0 if size == 3 else size for size in sizes])
        for number, sizes in known.items()
        if sizes
    }
    assert sum(len(block.series) for block in found) == len(laid_out)


def test_a_block_is_of_one_length_and_no_larger_than_the_cache() -> None:
    many = [[1] * (1 + number % 2) for number in range(2 * histories.BLOCK + 2)]
    found = list(blocks(rows(many)))
    assert {block.length for block in found} == {1, 2}
    assert max(len(block.series) for block in found) == histories.BLOCK
    assert all(block.seen is block.sizes for block in found)


def test_without_estimates_the_column_may_be_absent() -> None:
    (block,) = blocks(rows([[2, 0, 5]]).drop("is_estimated"))
    assert np.array_equal(block.sizes, [[2, 0, 5]])
    assert list(blocks(rows([]))) == []

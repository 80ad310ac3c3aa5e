"""Concentration of a measure, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.choice.concentration import concentration

AMOUNTS = st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=40)


def test_gini_and_hhi_are_those_worked_out_by_hand() -> None:
    # 1 2 3 4: sum of (2i - 5) x_i is -3 - 2 + 3 + 12 = 10, over 4 x 10; squares 30 / 100.
    found = concentration([4, 1, 3, 2])
    assert found.gini == pytest.approx(0.25, abs=1e-6)
    assert found.hhi == pytest.approx(0.30, abs=1e-6)
    # 0 0 0 10: all of four units is held by one.
    assert concentration([0, 10, 0, 0]).gini == pytest.approx(0.75, abs=1e-6)
    assert concentration([0, 10, 0, 0]).hhi == pytest.approx(1.0, abs=1e-6)
    # 5 15 80 of 100: (-2 x 5 + 0 + 2 x 80) / (3 x 100) and 0.0025 + 0.0225 + 0.64.
    assert concentration([80, 15, 5]).gini == pytest.approx(0.5, abs=1e-6)
    assert concentration([80, 15, 5]).hhi == pytest.approx(0.665, abs=1e-6)


@pytest.mark.parametrize("count", [1, 2, 5, 7])
def test_units_that_all_hold_the_same_are_not_concentrated(count: int) -> None:
    found = concentration([1.0] * count)
    assert found.gini == pytest.approx(0, abs=1e-12)
    assert found.hhi == pytest.approx(1 / count)


def test_shares_of_the_largest_are_read_off_the_curve() -> None:
    # Ten units: the largest two of them hold 60 + 20 of 100.
    found = concentration([60, 20, 5, 5, 2, 2, 2, 2, 1, 1])
    assert found.top_fifth_share == pytest.approx(0.8, abs=1e-6)
    assert found.units_for_four_fifths_share == pytest.approx(0.2, abs=1e-6)
    # A fifth of four units is four fifths of one of them, which holds 40 of 100.
    assert concentration([40, 30, 20, 10]).top_fifth_share == pytest.approx(0.32, abs=1e-6)
    assert concentration([40, 30, 20, 10]).units_for_four_fifths_share == pytest.approx(0.625)


def test_what_is_below_zero_holds_nothing_and_is_counted() -> None:
    found, zeros = concentration([4, 1, 3, 2, -7]), concentration([4, 1, 3, 2, 0])
    assert (found.negative_count, zeros.negative_count) == (1, 0)
    assert (found.unit_count, found.total, found.gini, found.hhi) == (
        *(zeros.unit_count, zeros.total, zeros.gini, zeros.hhi),
    )
    assert found.gini == pytest.approx(0.4, abs=1e-6)


@pytest.mark.parametrize("nothing", [[], [0, 0], [-1, 0]])
def test_of_nothing_there_is_no_concentration(nothing: list[float]) -> None:
    found = concentration(nothing)
    assert (found.total, found.gini, found.hhi, found.top_fifth_share) == (0, None, None, None)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="nan"):
        concentration([1.0, float("nan")])


@settings(max_examples=60, deadline=None)
@given(amounts=AMOUNTS, factor=st.floats(0.01, 100), seed=st.integers(0, 9))
def test_neither_currency_nor_order_changes_it(
    amounts: list[int], factor: float, seed: int
) -> None:
    found = concentration(amounts)
    shuffled = np.random.default_rng(seed).permutation(np.asarray(amounts) * factor)
    other = concentration(shuffled)
    if found.gini is None:
        assert other.gini is None
        return
    assert other.gini == pytest.approx(found.gini, abs=1e-9)
    assert other.hhi == pytest.approx(found.hhi, abs=1e-9)
    assert 0 <= found.gini <= 1
    assert 1 / len(amounts) - 1e-9 <= (found.hhi or 0) <= 1 + 1e-9
    assert 0 < (found.units_for_four_fifths_share or 0) <= 1

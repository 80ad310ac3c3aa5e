from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.agreement import cohens_kappa

# By hand: 75 of 100 agree. Row sums 25, 45, 30 and column sums 30, 40, 30 give by chance
# (25 * 30 + 45 * 40 + 30 * 30) / 100^2 = 0.345, so kappa = (0.75 - 0.345) / (1 - 0.345).
THREE = np.array([[20, 5, 0], [10, 30, 5], [0, 5, 25]])


def test_kappa_is_that_of_a_hand_calculation_on_three_classes() -> None:
    found = cohens_kappa(THREE)
    assert (found.count, found.agreed) == (100, 75)
    assert found.observed == pytest.approx(0.75)
    assert found.expected == pytest.approx(0.345)
    assert found.kappa == pytest.approx(0.405 / 0.655, abs=1e-12)


def test_kappa_is_that_of_cohens_own_textbook_case() -> None:
    # Two readers of 50 grant proposals: 20 both yes, 15 both no, 5 and 10 apart.
    assert cohens_kappa(np.array([[20, 5], [10, 15]])).kappa == pytest.approx(0.4)


def test_judges_who_always_agree_have_kappa_one_and_independent_ones_zero() -> None:
    assert cohens_kappa(np.diag([3, 4, 5])).kappa == 1
    assert cohens_kappa(np.outer([1, 2, 3], [4, 5, 6])).kappa == 0


def test_where_both_know_one_class_only_there_is_nothing_to_agree_on() -> None:
    assert cohens_kappa(np.array([[7, 0], [0, 0]])).kappa is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.zeros((2, 2), dtype=np.int64), "nobody"),
        (np.ones((2, 3), dtype=np.int64), "square"),
        (np.array([[1, -1], [0, 1]]), "negative"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(wrong: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        cohens_kappa(wrong)


@given(st.lists(st.lists(st.integers(0, 50), min_size=3, max_size=3), min_size=3, max_size=3))
def test_it_matters_neither_who_is_asked_first_nor_in_which_order_classes_stand(
    counts: list[list[int]],
) -> None:
    matrix = np.array(counts)
    if not matrix.sum():
        return
    found = cohens_kappa(matrix)
    assert cohens_kappa(matrix.T) == found
    order = [2, 0, 1]
    assert cohens_kappa(matrix[order][:, order]) == found
    assert found.kappa is None or -1 <= found.kappa <= 1

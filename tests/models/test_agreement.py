from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.agreement import cohens_kappa, weighted_kappa

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


def test_weighted_kappa_is_that_of_a_hand_calculation_on_three_classes() -> None:
    # Neighbours count 3/4: observed 0.75 + 0.25 * 3/4; by chance 0.345 + 0.49 * 3/4.
    found = weighted_kappa(THREE)
    assert found.kappa == pytest.approx((0.9375 - 0.7125) / (1 - 0.7125), abs=1e-12)
    assert (found.count, found.agreed) == (100, 75)


def test_two_classes_have_no_distance_so_both_kappas_are_one() -> None:
    grants = np.array([[20, 5], [10, 15]])
    assert weighted_kappa(grants).kappa == pytest.approx(0.4)


def test_its_interval_is_as_wide_as_judging_anew_would_show() -> None:
    found = weighted_kappa(THREE)
    random = np.random.default_rng(11)
    drawn = random.multinomial(100, THREE.ravel() / 100, 2000).reshape(-1, 3, 3)
    kappas = [weighted_kappa(each).kappa or 0.0 for each in drawn]
    low, high = np.percentile(kappas, [2.5, 97.5])
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(high - low, rel=0.1)
    assert weighted_kappa(np.diag([3, 4, 5])).high == 1


def test_classes_that_are_farther_apart_agree_less() -> None:
    near = np.array([[9, 1, 0], [0, 10, 0], [0, 0, 10]])
    far = np.array([[9, 0, 1], [0, 10, 0], [0, 0, 10]])
    one, other = weighted_kappa(near).kappa, weighted_kappa(far).kappa
    assert one is not None
    assert other is not None
    assert one > other


def test_one_class_has_no_order() -> None:
    with pytest.raises(ValueError, match="order"):
        weighted_kappa(np.array([[7]]))
    assert weighted_kappa(np.array([[7, 0], [0, 0]])).kappa is None

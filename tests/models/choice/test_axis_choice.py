"""Which axis the evidence speaks for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.choice.axis import Axis, Fact, judge
from models.choice.concentration import concentration
from models.choice.explained import Resamples, explained
from models.inventory.arrays import Floats
from tests.models.choice.drawn_lines import lines


def epsilon(values: Floats, labels: NDArray[np.int64], weights: Floats) -> Floats:
    centred = values - values.mean()
    resamples = Resamples(labels, weights, weights**2)
    return resamples.epsilon(weights * centred[:, np.newaxis], centred**2 @ weights)


@pytest.mark.requirement("S0.M1.B1")
@pytest.mark.parametrize("axis", ["customer", "product"])
def test_where_service_terms_hang_on_one_axis_it_is_recommended(axis: str) -> None:
    drawn = lines()
    found = drawn.judged({"promised_days": drawn.by(axis)}, axes=("customer", "product"))
    assert (found.best, found.verdict) == (axis, axis)
    assert found.evidence[axis, "promised_days"].eta == pytest.approx(1.0)
    # Gini of 1 2 3 4 is 10 / 40 by hand, HHI 30 / 100.
    held = concentration([1, 2, 3, 4])
    assert held.gini == pytest.approx(0.25, abs=1e-6)
    assert held.hhi == pytest.approx(0.3, abs=1e-6)


def test_eta_squared_is_that_of_a_textbook_and_epsilon_the_adjusted_one() -> None:
    # Cells 1 2 3 and 5 6 7: SSW 4, SSB 24, SST 28; epsilon 1 - (4 / 4) / (28 / 5).
    values = np.array([1.0, 2, 3, 5, 6, 7])
    found = explained(values, np.array([0, 0, 0, 1, 1, 1]))
    assert found.eta == pytest.approx(24 / 28)
    assert found.epsilon == pytest.approx(1 - 5 / 28)
    assert (found.count, found.cells) == (6, 2)


def test_an_axis_of_one_line_per_cell_proves_nothing() -> None:
    values = np.random.default_rng(1).normal(size=50)
    found = explained(values, np.arange(50))
    assert (found.eta, found.evidence) == (1.0, 0.0)


def test_a_fact_that_is_always_the_same_decides_nothing() -> None:
    drawn = lines(300)
    found = drawn.judged({"flat": np.full(300, 0.1)})
    assert (found.best, found.verdict) == ("none", "none")
    assert found.evidence["customer", "flat"].eta is None


@pytest.mark.requirement("S1.M1.B3")
def test_where_variability_is_the_items_and_complexity_the_channels_the_hybrid_wins() -> None:
    drawn = lines(2_000)
    facts = {
        "volatility": drawn.by("product", 1.0, 0.5),
        "complexity": drawn.by("channel", 1.0, 0.5),
    }
    found = drawn.judged(facts, axes=("product", "channel"))
    assert found.best == "product+channel"
    shares = [
        share for e in found.evidence.values() for share in (e.eta, e.epsilon, e.chance, e.evidence)
    ]
    assert all(share is not None and 0 <= share <= 1 for share in shares)
    for seed in range(60):
        lot = {"lot": np.random.default_rng(1_000 + seed).integers(0, 2 + seed, 2_000)}
        hybrids = [("product", "channel"), ("product", "lot"), ("lot", "channel")]
        other = drawn.judged(facts, axes=("product", "channel"), more=lot, hybrids=hybrids)
        assert other.best == "product+channel"
        of = {scored.candidate.name: scored.score for scored in other.scored}
        assert of["lot"] == 0
        assert of["product+lot"] < of["product"]


@pytest.mark.parametrize("cells", [2, 20, 200])
def test_an_axis_by_lot_has_no_share_on_average(cells: int) -> None:
    drawn = np.random.default_rng(7)
    values = drawn.normal(size=600)
    shares = []
    for _ in range(300):
        found = explained(values, drawn.integers(0, cells, 600))
        assert found.eta is not None
        shares.append(1 - (1 - found.eta) * 599 / (600 - found.cells))
    assert abs(np.mean(shares)) < 4 * np.std(shares) / np.sqrt(300)
    assert sum(share > (found.chance or 0) for share in shares) <= 3


def test_resamples_of_equal_weights_are_the_lines_themselves() -> None:
    drawn = lines(400)
    values = drawn.by("product", 1.0, 1.0)
    found = explained(values, drawn.product)
    again = epsilon(values, drawn.product, np.full((400, 3), 0.7))
    assert again == pytest.approx(np.full(3, found.epsilon))


def test_lines_that_a_resample_weighs_twice_do_not_explain_by_themselves() -> None:
    drawn = np.random.default_rng(3)
    values, labels = drawn.normal(size=800), drawn.integers(0, 200, 800)
    weights = drawn.exponential(size=(800, 200))
    centred = values - values.mean()
    assert explained(centred, labels).evidence == 0
    assert epsilon(values, labels, weights).mean() < 0.06


@pytest.mark.requirement("S2.M1.B1")
def test_close_evidence_is_a_matrix_and_shuffled_customers_are_no_verdict() -> None:
    drawn = lines(900, customers=25, products=25)
    split = drawn.by("customer", 1.0, 0.5) + drawn.by("product", 1.0, 0.5)
    close = drawn.judged({"days": split}, axes=("customer", "product"), hybrids=())
    chosen = {s.candidate.name: s.chosen_rate for s in close.scored}
    assert sum(chosen.values()) == pytest.approx(1.0)
    assert 0.2 < chosen[close.best] < 0.8
    assert close.verdict == "matrix"
    clear = drawn.by("customer", 1.0, 0.5)
    sure = drawn.judged({"days": clear}, axes=("customer", "product"), hybrids=())
    assert sure.verdict == "customer"
    assert sure.scored[0].chosen_rate >= 0.8
    shuffled = np.random.default_rng(5).permutation(drawn.customer)
    mixed = judge(
        [Fact(name="days", values=clear)],
        [Axis(name="customer", labels=shuffled), Axis(name="product", labels=drawn.product)],
        hybrids=(),
        customers=[f"c{n}" for n in shuffled],
        products=[f"p{n}" for n in drawn.product],
    )
    assert "customer" not in {mixed.best, mixed.verdict}


def test_the_order_of_lines_changes_nothing() -> None:
    drawn = lines(500)
    days = drawn.by("customer", 1.0, 1.0)
    first = drawn.judged({"days": days})
    order = np.random.default_rng(2).permutation(500)
    again = judge(
        [Fact(name="days", values=days[order])],
        [Axis(name=n, labels=getattr(drawn, n)[order]) for n in ("customer", "product", "channel")],
        hybrids=(("product", "customer"), ("product", "channel")),
        customers=[f"c{n}" for n in drawn.customer[order]],
        products=[f"p{n}" for n in drawn.product[order]],
    )
    assert [(s.candidate, s.chosen_rate) for s in again.scored] == [
        (s.candidate, s.chosen_rate) for s in first.scored
    ]


def test_a_finer_axis_that_explains_no_more_does_not_win() -> None:
    drawn = lines(1_000)
    flow = drawn.customer * 4 + drawn.channel  # a customer has one channel: the same cells
    found = judge(
        [Fact(name="days", values=drawn.by("channel", 1.0, 0.5))],
        [
            Axis(name="customer", labels=drawn.customer),
            Axis(name="channel", labels=drawn.channel),
            Axis(name="flow", labels=flow, parts=("channel", "customer")),
        ],
        hybrids=(),
        customers=[f"c{n}" for n in drawn.customer],
        products=[f"p{n}" for n in drawn.product],
    )
    assert found.best == "channel"

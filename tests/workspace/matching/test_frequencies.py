"""Frequencies are those among strangers: a value that one thing's many records bear is no rarer."""

from __future__ import annotations

import pytest

from tests.workspace.matching.matched_company import hand_model
from workspace.matching.frequencies import among_strangers
from workspace.matching.model_file import Frequencies, MatchModel, TrainedLevel
from workspace.matching.objects import CUSTOMER


def trained(u: float, **values: float) -> MatchModel:
    """Return a model whose postal codes have these frequencies, of which strangers agree in u."""
    model = hand_model()
    same, *rest = model.levels["postal_code"]
    level = TrainedLevel(label=same.label, m=same.m, u=u, observed=True)
    counted = Frequencies(other=0.01, values=values)
    return model.model_copy(
        update={
            "levels": {**model.levels, "postal_code": (level, *rest)},
            "frequencies": {**model.frequencies, "postal_code_value": counted},
        }
    )


def found(model: MatchModel) -> Frequencies:
    return among_strangers(model, CUSTOMER).frequencies["postal_code_value"]


def test_a_value_weighs_by_how_many_strangers_bear_it() -> None:
    # Of all pairs 0.3² + 0.2² + 0.5 · 0.01 = 0.135 agree, of strangers a third of that.
    scaled = found(trained(0.045, a=0.3, b=0.2))
    assert scaled.values == pytest.approx({"a": 0.1, "b": 0.2 / 3})
    assert scaled.other == 0.01


def test_no_value_is_taken_to_be_rarer_than_one_that_a_single_record_bears() -> None:
    assert found(trained(1e-9, a=0.3, b=0.02)).values == {"a": 0.01, "b": 0.01}


def test_where_strangers_agree_as_often_as_all_pairs_nothing_changes() -> None:
    model = trained(0.5, a=0.3, b=0.2)
    assert found(model) == model.frequencies["postal_code_value"]

"""A preset is a name for cuts: a scheme with it is the scheme with these cuts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from workspace.config.scheme_methods import ParetoShareMethod, ThresholdsMethod

SHARES = {"A": "0.70", "B": "0.95", "C": "1"}


def pareto(**more: object) -> ParetoShareMethod:
    return ParetoShareMethod.model_validate({"kind": "pareto_share", "measure": "m", **more})


def thresholds(**more: object) -> ThresholdsMethod:
    return ThresholdsMethod.model_validate({"kind": "thresholds", "column": "c", **more})


def test_a_preset_stands_for_its_cuts() -> None:
    assert pareto(preset="sap_70_25_5").method() == pareto(cuts=SHARES).method()
    by_hand = thresholds(cuts={"X": "0.5", "Y": "1.0"}, last="Z")
    assert thresholds(preset="pareto_80_95").method() == by_hand.method()


@pytest.mark.parametrize(
    "broken",
    [
        lambda: pareto(),
        lambda: pareto(cuts=SHARES, preset="sap_70_25_5"),
        lambda: pareto(preset="weekly_cv_30_50"),
        lambda: thresholds(cuts={"X": "0.5"}),
        lambda: thresholds(last="Z"),
        lambda: thresholds(preset="pareto_80_95", last="Z"),
    ],
)
def test_cuts_are_stated_once_and_wholly(broken: object) -> None:
    assert callable(broken)
    with pytest.raises(ValidationError):
        broken()

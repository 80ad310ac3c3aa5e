"""The default setting: items that do not change hardly move, and those that do are followed."""

from __future__ import annotations

import pytest

from benchmarks.stability import Feature, features, followed, shifted
from models.stability.step import DEFAULT, Stability


@pytest.fixture(scope="module", params=[3, 11])
def of_still_items(request: pytest.FixtureRequest) -> tuple[Feature, Feature]:
    return features(300, seed=request.param)


def test_noise_alone_moves_less_than_one_of_a_hundred_items_a_quarter(
    of_still_items: tuple[Feature, Feature],
) -> None:
    for feature in of_still_items:
        assert feature.moves(DEFAULT) < 1
        assert feature.moves(Stability()) > 10


def test_a_real_level_shift_is_followed_within_the_confirmation(
    of_still_items: tuple[Feature, Feature],
) -> None:
    for feature in of_still_items:
        assert followed(shifted(feature), DEFAULT) <= DEFAULT.confirm

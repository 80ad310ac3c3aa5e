"""Entropy of the spectrum: none of a wave, all of noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.demand.forecastability import spectral_entropy

WEEKS = np.arange(156)


@pytest.mark.parametrize("waves", [1, 3, 39, 77])
def test_a_pure_wave_has_no_entropy(waves: int) -> None:
    wave = np.sin(2 * np.pi * waves * WEEKS / 156)
    assert spectral_entropy(wave[None, :]) == pytest.approx([0], abs=1e-9)


def test_two_equal_waves_have_the_entropy_of_a_coin() -> None:
    waves = np.sin(2 * np.pi * 2 * WEEKS / 156) + np.cos(2 * np.pi * 9 * WEEKS / 156)
    assert spectral_entropy(waves[None, :]) == pytest.approx([np.log(2) / np.log(78)])


def test_an_impulse_holds_every_frequency_alike() -> None:
    impulse = np.zeros((1, 155))
    impulse[0, 40] = 9.0
    assert spectral_entropy(impulse) == pytest.approx([1])


def test_noise_is_near_one() -> None:
    noise = np.random.default_rng(1).normal(size=(200, 156))
    assert spectral_entropy(noise).min() > 0.8


def test_a_constant_series_and_a_short_one_have_none() -> None:
    assert np.isnan(spectral_entropy(np.full((2, 52), 7.0))).all()
    assert np.isnan(spectral_entropy(np.array([[1.0, 2.0, 3.0]]))).all()


@given(
    arrays.arrays(np.float64, (1, 60), elements=st.floats(0, 1e6)),
    st.floats(0.01, 100),
    st.floats(-100, 100),
)
def test_scale_and_level_say_nothing(series: np.ndarray, scale: float, level: float) -> None:
    found = spectral_entropy(series)
    if series.var() > 1e-3 * (1 + (series**2).mean()):
        assert spectral_entropy(scale * series + level) == pytest.approx(found, abs=1e-6)
    assert np.isnan(found).all() or 0 <= found[0] <= 1

"""How much of a series a forecaster could know: the entropy of its spectrum."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.demand.rounding import rounding_variance

Matrix = npt.NDArray[np.float64]
LEAST = np.finfo(np.float64).tiny  # stands for a power of 0, whose part of the entropy is 0


def spectral_entropy(series: Matrix) -> Matrix:
    """Return the normalised entropy of series of one length, from 0 to 1: shape (series,).

    `series` is (series, length). With p_k the share of frequency k in the periodogram of the
    centred series, entropy is -sum p_k ln p_k / ln(number of frequencies): 0 for a pure wave, near
    1 for noise, in which nothing can be foreseen. NaN for a constant series and below four
    observations. Source: Goerg (2013), Forecastable Component Analysis, PMLR 28(2), 64-72.
    """
    length = series.shape[1]
    if length < 4:
        return np.full(len(series), np.nan)
    centred = series - series.mean(axis=1, keepdims=True)
    waves = np.fft.rfft(centred, axis=1)[:, 1:]
    power = waves.real**2 + waves.imag**2
    if length % 2 == 0:
        power[:, -1] /= 2  # the highest frequency of an even length has no mirror image
    total = power.sum(axis=1)
    # The sum of squares about the mean is twice the power by the length (Parseval).
    varies = 2 * total > length**2 * rounding_variance(series)
    weighted = np.einsum("ij,ij->i", power, np.log(np.maximum(power, LEAST)))
    whole = np.where(varies, total, 1.0)
    entropy = (np.log(whole) - weighted / whole) / np.log(power.shape[1])
    return np.where(varies, np.clip(entropy, 0.0, 1.0), np.nan)

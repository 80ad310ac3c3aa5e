"""What the shape of a series says: trend, season, forecastability, growth; what counts lately."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.decay import weights
from models.demand.decomposition import strengths
from models.demand.forecastability import spectral_entropy
from models.demand.season import season

Matrix = npt.NDArray[np.float64]

PERIOD = 52  # weeks of a year
SEASON_WEEKS = 2 * PERIOD  # a year seen once tells season from nothing
ENTROPY_WEEKS = 26
RECENT_WEEKS = 26  # over which growth is measured
LARGEST_Z = 999.0  # of two half years that differ and do not vary
MEASURES = (
    "trend_strength_ratio",
    "seasonal_strength_ratio",
    "season_p_value",
    "spectral_entropy_ratio",
    "deseasonalised_cv_ratio",
    "recent_growth_ratio",
    "recent_growth_z_ratio",
    "decayed_weekly_mean_units",
)


def decayed_mean(sizes: Matrix, *, half_life: float) -> Matrix:
    """Return weighted means in which a week one half-life old counts half as much as the last one.

    `sizes` is (series, length), the last column the newest; an infinite half-life gives the plain
    mean. Raises ValueError for a half-life that is not positive.
    """
    by_age = weights(np.arange(sizes.shape[1] - 1, -1, -1), half_life=half_life)
    return np.asarray(sizes @ (by_age / by_age.sum()))


def growth(sizes: Matrix) -> tuple[Matrix, Matrix]:
    """Compare the newest 26 weeks with those a year before them, or with the 26 before.

    Returns (ratio, z), each of shape (series,): the ratio of the two means, and their difference
    over its standard error. The same weeks of the year are compared where history reaches so far
    (78 weeks), so that a season is no growth. NaN below 52 weeks, or where nothing came before;
    z is held between -999 and 999.
    """
    length = sizes.shape[1]
    if length < 2 * RECENT_WEEKS:
        unknown = np.full(len(sizes), np.nan)
        return unknown, unknown
    back = PERIOD if length >= PERIOD + RECENT_WEEKS else RECENT_WEEKS
    recent = sizes[:, length - RECENT_WEEKS :]
    before = sizes[:, length - RECENT_WEEKS - back : length - back]
    now, then = recent.mean(axis=1), before.mean(axis=1)
    variance = (recent.var(axis=1, ddof=1) + before.var(axis=1, ddof=1)) / RECENT_WEEKS
    ratio = np.divide(now, then, out=np.full(len(sizes), np.nan), where=then > 0)
    floor = np.sqrt(np.maximum(variance, (LARGEST_Z**-2) * (now - then) ** 2))
    z = np.divide(now - then, floor, out=np.zeros(len(sizes)), where=floor > 0)
    return ratio, np.where(then > 0, z, np.nan)


def behaviour(sizes: Matrix, *, half_life_weeks: float) -> dict[str, Matrix]:
    """Measure series of one length: `sizes` is (series, length), the last column the newest.

    Returns MEASURES that the length is enough for, each of shape (series,), NaN where not defined:
    the seasonal ones need 104 weeks, entropy 26, growth 52; ratios are not of a series without
    variation or with a mean of nothing.
    """
    length = sizes.shape[1]
    ratio, z = growth(sizes)
    found = {
        "recent_growth_ratio": ratio,
        "recent_growth_z_ratio": z,
        "decayed_weekly_mean_units": decayed_mean(sizes, half_life=half_life_weeks),
    }
    if length >= ENTROPY_WEEKS:
        found["spectral_entropy_ratio"] = spectral_entropy(sizes)
    if length >= SEASON_WEEKS:
        parts, tested = strengths(sizes, period=PERIOD), season(sizes, period=PERIOD)
        mean = sizes.mean(axis=1)
        found |= {
            "trend_strength_ratio": parts.trend,
            "seasonal_strength_ratio": parts.season,
            "season_p_value": tested.p_value,
            "deseasonalised_cv_ratio": np.divide(
                tested.deseasonalised_sd, mean, out=np.full(len(mean), np.nan), where=mean > 0
            ),
        }
    return found

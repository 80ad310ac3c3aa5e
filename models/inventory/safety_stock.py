"""How much buffer a service target needs, given demand over the protection interval.

Symbols: d, sd mean and standard deviation of demand per period [units]; L, sdL mean and standard
deviation of the lead time, R review interval [periods]. Any period will do if all use the same.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from models.inventory.arrays import Floats, as_floats, require

DISCRETE_BELOW = 10.0  # mean protection demand in units under which a normal curve misleads
SKEWED_ABOVE = 0.5  # coefficient of variation over which a normal curve reaches below zero


class Distribution(StrEnum):
    """The shape of demand over the protection interval."""

    NORMAL = "normal"
    GAMMA = "gamma"  # continuous, skewed, never negative
    DISCRETE = "discrete"  # negative binomial if the variance exceeds the mean, else Poisson


def protection_moments(
    mean: ArrayLike,
    sd: ArrayLike,
    *,
    lead_time_mean: ArrayLike,
    lead_time_sd: ArrayLike = 0.0,
    review: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Mean and sd in units of demand over lead time and review.

    d (L + R) and sqrt((L + R) sd² + d² sdL²): right if periods are independent, demand does not
    depend on the lead time, and orders do not cross. Source: Silver, Pyke & Thomas (2017), 6.10.
    """
    d, s, lead, lead_sd, r = as_floats(mean, sd, lead_time_mean, lead_time_sd, review)
    require(lead + r >= 0, "lead time and review are not negative", lead + r)
    interval = lead + r
    return d * interval, np.sqrt(interval * s**2 + d**2 * lead_sd**2)


def demand_quantile(
    probability: ArrayLike, mean: ArrayLike, sd: ArrayLike, distribution: ArrayLike
) -> Floats:
    """The least stock in units that covers protection demand with this probability (0 to 1).

    `distribution` names one `Distribution` for all items, or one for each. Gamma and discrete
    demand is never negative: with a mean of 0 or less it is 0. Without variation it is the mean,
    for discrete demand Poisson.
    """
    probability, mean, sd = as_floats(probability, mean, sd)
    require(
        (probability > 0) & (probability < 1), "a probability lies between 0 and 1", probability
    )
    require(np.isfinite(mean), "a mean is a number", mean)
    require((sd >= 0) & np.isfinite(sd), "a standard deviation is a number from 0", sd)
    names = np.asarray(distribution, dtype=np.str_)
    names, probability, mean, sd = np.broadcast_arrays(names, probability, mean, sd)
    quantile = np.empty(mean.shape)
    known = np.zeros(mean.shape, dtype=np.bool_)
    for name, function in _QUANTILES.items():
        chosen = names == name.value
        quantile[chosen] = function(probability[chosen], mean[chosen], sd[chosen])
        known |= chosen
    if not known.all():
        raise ValueError(f"no distribution {names[~known].flat[0]!r}; there are {[*Distribution]}")
    return quantile


def safety_stock(
    target: ArrayLike, mean: ArrayLike, sd: ArrayLike, distribution: ArrayLike
) -> Floats:
    """Safety stock in units for a cycle service level: the quantile of demand less its mean.

    `mean` and `sd` are those of `protection_moments`. Below the mean the buffer is negative, and
    it is returned so: whether to hold less than expected demand is for the policy to decide.
    """
    quantile = demand_quantile(target, mean, sd, distribution)
    return np.asarray(quantile - np.asarray(mean, dtype=np.float64))


def safety_factor_of(safety_stock: ArrayLike, sd: ArrayLike) -> Floats:
    """The buffer in standard deviations; 0 without variation."""
    stock, sd = as_floats(safety_stock, sd)
    return np.divide(stock, sd, out=np.zeros(stock.shape), where=sd > 0)


def suitable_distribution(mean: ArrayLike, sd: ArrayLike) -> NDArray[np.str_]:
    """A shape for protection demand of this mean and sd: discrete if slow, gamma if skewed.

    Source of the limits: Silver, Pyke & Thomas (2017), section 6.7.14: not normal below a mean of
    10 units, nor with a coefficient of variation above 0.5.
    """
    mean, sd = as_floats(mean, sd)
    skewed = sd > SKEWED_ABOVE * mean
    continuous = np.where(skewed, Distribution.GAMMA.value, Distribution.NORMAL.value)
    return np.where(mean < DISCRETE_BELOW, Distribution.DISCRETE.value, continuous)


def _normal(probability: Floats, mean: Floats, sd: Floats) -> Floats:
    return np.asarray(mean + special.ndtri(probability) * sd)


def _gamma(probability: Floats, mean: Floats, sd: Floats) -> Floats:
    varies = (mean > 0) & (sd > 0)
    shape = np.divide(mean, sd, out=np.ones(mean.shape), where=varies) ** 2
    scale = np.divide(sd**2, mean, out=np.ones(mean.shape), where=varies)
    quantile = special.gammaincinv(shape, probability) * scale
    return np.where(varies, quantile, np.maximum(mean, 0.0))


def _discrete(probability: Floats, mean: Floats, sd: Floats) -> Floats:
    excess = sd**2 - mean
    # Nearer than this to Poisson, the size of the negative binomial outgrows its quantile function.
    clustered = (mean > 0) & (excess > 1e-6 * mean)
    plain = (mean > 0) & ~clustered
    quantile = np.zeros(mean.shape)
    quantile[plain] = stats.poisson.ppf(probability[plain], mean[plain])
    size = mean[clustered] ** 2 / excess[clustered]
    quantile[clustered] = stats.nbinom.ppf(
        probability[clustered], size, mean[clustered] / sd[clustered] ** 2
    )
    return quantile


_QUANTILES = {
    Distribution.NORMAL: _normal,
    Distribution.GAMMA: _gamma,
    Distribution.DISCRETE: _discrete,
}

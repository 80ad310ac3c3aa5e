"""Measures of demand beside the code that users write and the libraries that compute the same.

`python -m benchmarks.demand_peers [--series 2000]`. Answers are compared first, then seconds.
tsfeatures and statsforecast take part where they are installed beside this project
(`uv pip install tsfeatures==0.4.5 statsforecast==2.1.1`): neither is needed to run it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from statsmodels.tsa.seasonal import STL

from benchmarks.machine import machine
from models.demand.decomposition import strengths
from models.demand.forecastability import spectral_entropy
from models.demand.profile import demand_profile

WEEKS, YEAR = 156, 52
SEASONAL = 10 * WEEKS + 1  # a window so wide that the season repeats itself
TREND = 79  # STL's default for such a season: the next odd number above 1.5 years
MEASURES = ("adi_ratio", "cv2_ratio", "weekly_mean_units", "weekly_sd_units")
T = TypeVar("T")
Matrix = npt.NDArray[np.float64]
Answer = tuple[str, float, float, float]  # what; largest difference; our seconds, theirs


def main() -> int:
    """Print, for each peer, how far answers differ and how many times our time it takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.demand_peers", description=__doc__)
    parser.add_argument("--series", type=int, default=2_000)
    asked = parser.parse_args()
    random = np.random.default_rng(1)
    sizes = random.gamma(2, 5, (asked.series, WEEKS)).round(2) + 0.01
    sizes *= random.random(sizes.shape) < np.linspace(0.1, 1, asked.series)[:, None]
    sizes[:, 0] = 1.0
    sys.stdout.write(f"{machine()}\n{asked.series:,} series of {WEEKS} weeks\n")
    for what, difference, ours, theirs in _answers(sizes):
        sys.stdout.write(
            f"{what}: answers differ by {difference:.1e} at most; "
            f"{ours:.3f} s and {theirs:.3f} s, {theirs / ours:,.0f} times\n"
        )
    return 0


def _answers(sizes: Matrix) -> Iterator[Answer]:
    yield _regularity(sizes)
    ours, own = _timed(lambda: strengths(sizes, period=YEAR))
    theirs, seconds = _timed(lambda: np.array([_stl_strengths(row) for row in sizes]))
    yield (
        "strengths of STL, a loop over statsmodels",
        max(np.abs(theirs[:, 0] - ours.trend).max(), np.abs(theirs[:, 1] - ours.season).max()),
        own,
        seconds,
    )
    entropy, own = _timed(lambda: spectral_entropy(sizes))
    theirs, seconds = _timed(lambda: np.array([_entropy(row) for row in sizes]))
    yield ("spectral entropy, a loop over numpy", np.abs(theirs - entropy).max(), own, seconds)
    if (peer := _installed("tsfeatures.tsfeatures")) is not None:
        yield _tsfeatures(peer, sizes, entropy, own)
    if (peer := _installed("statsforecast.mstl")) is not None:
        yield _statsforecast(peer, sizes)


def _regularity(sizes: Matrix) -> Answer:
    """Group-bys of pandas as they are usually written, on rows of weeks with demand."""
    series, weeks = np.nonzero(sizes)
    rows = pl.DataFrame({"series": series, "week": weeks - WEEKS + 1, "size": sizes[series, weeks]})
    frame = rows.to_pandas()
    periods = np.full(len(sizes), WEEKS)

    def with_pandas() -> pd.DataFrame:
        grouped = frame.groupby("series")
        first = grouped["week"].min()
        count, history = grouped["size"].count(), 1 - first
        mean = grouped["size"].mean()
        whole = frame.pivot_table(index="series", columns="week", values="size", fill_value=0.0)
        return pd.DataFrame(
            {
                "adi_ratio": history / count,
                "cv2_ratio": (grouped["size"].std() / mean) ** 2,
                "weekly_mean_units": grouped["size"].sum() / history,
                "weekly_sd_units": whole.std(axis=1),
            }
        )

    theirs, seconds = _timed(with_pandas)
    ours, own = _timed(lambda: demand_profile(rows, periods, half_life_weeks=26))
    difference = np.abs(ours.select(MEASURES).to_numpy() - theirs[list(MEASURES)].to_numpy())
    return (
        "ADI, CV², mean and deviation (and all else of the profile), pandas",
        difference.max(),
        own,
        seconds,
    )


def _stl_strengths(row: Matrix) -> tuple[float, float]:
    fitted = STL(
        row, period=YEAR, seasonal=SEASONAL, trend=TREND, low_pass=YEAR + 1, seasonal_deg=0
    ).fit(inner_iter=2, outer_iter=0)
    phase = np.arange(WEEKS) % YEAR
    season = np.array([fitted.seasonal[phase == p].mean() for p in range(YEAR)])[phase]
    return _strengths(row, fitted.trend, season)


def _strengths(row: Matrix, trend: Matrix, season: Matrix) -> tuple[float, float]:
    rest = row - trend - season
    return (
        max(0.0, 1 - rest.var() / (trend + rest).var()),
        max(0.0, 1 - rest.var() / (season + rest).var()),
    )


def _entropy(row: Matrix) -> float:
    power = np.abs(np.fft.rfft(row - row.mean()))[1:] ** 2
    power[-1] /= 2
    share = power / power.sum()
    share = share[share > 0]
    return float(-(share * np.log(share)).sum() / np.log(len(power)))


def _tsfeatures(peer: Any, sizes: Matrix, ours: Matrix, own: float) -> Answer:
    """Its entropy is by 79 frequencies, of which the first, that of the mean, has no power."""
    theirs, seconds = _timed(
        lambda: np.array([peer.entropy(row, YEAR)["entropy"] for row in sizes])
    )
    scaled = theirs * np.log(WEEKS // 2 + 1) / np.log(WEEKS // 2)
    return "spectral entropy, tsfeatures", np.abs(scaled - ours).max(), own, seconds


def _statsforecast(peer: Any, sizes: Matrix) -> Answer:
    """Its decomposition passes five times where STL was published with two."""
    some = sizes[:: max(1, len(sizes) // 200)]

    def decomposed(row: Matrix) -> tuple[float, float]:
        parts = peer.mstl(
            row, YEAR, s_window=[SEASONAL], stl_kwargs={"trend": TREND, "low_pass": YEAR + 1}
        )
        return _strengths(row, parts["trend"].to_numpy(), parts["seasonal"].to_numpy())

    theirs, seconds = _timed(lambda: np.array([decomposed(row) for row in some]))
    ours, own = _timed(lambda: strengths(some, period=YEAR))
    difference = np.abs(theirs - np.column_stack([ours.trend, ours.season])).max()
    return "strengths of STL, statsforecast's mstl", difference, own, seconds


def _installed(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    work()
    started = time.perf_counter()
    found = work()
    return found, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())

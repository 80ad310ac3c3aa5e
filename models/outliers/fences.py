"""Fences around the middle half of a set that follow its skewness.

[Q1 - w exp(a M) (Q3 - Q1), Q3 + w exp(b M) (Q3 - Q1)] with M the medcouple and w the whisker, 1.5.
(a, b) is (-4, 3) for M >= 0 and (-3, 4) for M < 0. Without skewness it is Tukey's boxplot. Of a
normal distribution 0.7 % lie outside, and of skewed ones about as many.
Source: Hubert & Vandervieren (2008), Comput. Stat. Data Anal. 52, 5186-5201.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.outliers.medcouple import medcouple

WHISKER = 1.5


def adjusted_fences(values: npt.ArrayLike, *, whisker: float = WHISKER) -> tuple[float, float]:
    """Return the lower and the upper fence of finite values, at least one."""
    x = np.asarray(values, dtype=np.float64)
    first, third = np.quantile(x, [0.25, 0.75])
    skewness = medcouple(x)
    down, up = (-4.0, 3.0) if skewness >= 0 else (-3.0, 4.0)
    reach = whisker * (third - first)
    low = float(first - np.exp(down * skewness) * reach)
    return low, float(third + np.exp(up * skewness) * reach)

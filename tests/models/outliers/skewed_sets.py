"""Sets that outlier tests share: a published one, and strategies that draw others."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

# Hawkins, Bradu & Kass (1984), Technometrics 26, 197-208, table 4: x1, x2, x3 of 75 artificial
# points, of which the first 14 were made to lie far out.
_PUBLISHED = """
    10.1 19.6 28.3  9.5 20.5 28.9  10.7 20.2 31  9.9 21.5 31.7  10.3 21.1 31.1  10.8 20.4 29.2
    10.5 20.9 29.1  9.9 19.6 28.8  9.7 20.7 31  9.3 19.7 30.3  11 24 35  12 23 37  12 26 34
    11 34 34  3.4 2.9 2.1  3.1 2.2 0.3  0 1.6 0.2  2.3 1.6 2  0.8 2.9 1.6  3.1 3.4 2.2
    2.6 2.2 1.9  0.4 3.2 1.9  2 2.3 0.8  1.3 2.3 0.5  1 0 0.4  0.9 3.3 2.5  3.3 2.5 2.9
    1.8 0.8 2  1.2 0.9 0.8  1.2 0.7 3.4  3.1 1.4 1  0.5 2.4 0.3  1.5 3.1 1.5  0.4 0 0.7
    3.1 2.4 3  1.1 2.2 2.7  0.1 3 2.6  1.5 1.2 0.2  2.1 0 1.2  0.5 2 1.2  3.4 1.6 2.9
    0.3 1 2.7  0.1 3.3 0.9  1.8 0.5 3.2  1.9 0.1 0.6  1.8 0.5 3  3 0.1 0.8  3.1 1.6 3
    3.1 2.5 1.9  2.1 2.8 2.9  2.3 1.5 0.4  3.3 0.6 1.2  0.3 0.4 3.3  1.1 3 0.3  0.5 2.4 0.9
    1.8 3.2 0.9  1.8 0.7 0.7  2.4 3.4 1.5  1.6 2.1 3  0.3 1.5 3.3  0.4 3.4 3  0.9 0.1 0.3
    1.1 2.7 0.2  2.8 3 2.9  2 0.7 2.7  0.2 1.8 0.8  1.6 2 1.2  0.1 0 1.1  2 0.6 0.3
    1 2.2 2.9  2.2 2.5 2.3  0.6 2 1.5  0.3 1.7 2.2  0 2.2 1.6  0.3 0.4 2.6
"""
HAWKINS_BRADU_KASS = np.array(_PUBLISHED.split(), dtype=float).reshape(75, 3)

# Whole numbers: their ties, shifts and scales are exact.
small_sets = st.lists(st.integers(-50, 50), min_size=3, max_size=60)
shifts = st.integers(-1_000, 1_000)
scales = st.sampled_from([0.25, 0.5, 2.0, 8.0, 1024.0])

"""Histories of values on a ladder of classes, for tests and for the benchmark of stability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from models.stability.replay import Evaluation, Floats
from models.stability.step import NONE, Stability

MONTH = 30  # days from one evaluation to the next
VALUES = st.floats(0, 20, width=16)


def nights(
    values: Floats,
    cuts: Sequence[float],
    *,
    days: int = MONTH,
    other: npt.NDArray[np.int32] | None = None,
) -> list[Evaluation]:
    """Return evaluations of values with a row for each night and a column for each unit."""
    return [
        Evaluation(
            day=number * days,
            values=np.asarray(row, np.float64),
            cuts=np.array(cuts, np.float64),
            other=np.full(len(row), NONE, np.int32) if other is None else other[number],
        )
        for number, row in enumerate(values)
    ]


@st.composite
def histories(draw: st.DrawFn, *, cuts: int = 2, nights_up_to: int = 24) -> list[Evaluation]:
    """Nights of a few units around cuts that stay where they are."""
    units = draw(st.integers(1, 5))
    count = draw(st.integers(1, nights_up_to))
    rows = draw(
        st.lists(st.lists(VALUES, min_size=units, max_size=units), min_size=count, max_size=count)
    )
    ends = sorted(draw(st.lists(VALUES, min_size=cuts, max_size=cuts, unique=True)))
    return nights(np.array(rows), ends, days=draw(st.integers(1, 40)))


SETTINGS = st.builds(
    lambda band, confirm, more, dwell, cooldown, notice: Stability(
        band=band,
        confirm=confirm,
        among=confirm + more,
        dwell_days=dwell,
        cooldown_days=cooldown,
        notice_down_days=notice,
        notice_up_days=notice // 2,
    ),
    st.sampled_from([0.0, 0.1, 0.3]),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from([0, 30, 90]),
    st.sampled_from([0, 60]),
    st.sampled_from([0, 31]),
)

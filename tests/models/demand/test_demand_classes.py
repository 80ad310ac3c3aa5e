"""Classes of demand at their cuts, and the theory behind the curve between two estimators."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.demand.classes import classify, kostenko_hyndman, xyz


def classes_at(adi: float, variation: float) -> str:
    frame = pl.DataFrame({"adi": [adi], "cv2": [variation]})
    return str(frame.select(classify(pl.col("adi"), pl.col("cv2"))).item())


def test_a_ratio_at_its_cut_is_on_the_upper_side() -> None:
    assert classes_at(1.32, 0.48) == "intermittent"
    assert classes_at(1.31, 0.49) == "erratic"
    assert classes_at(1.32, 0.49) == "lumpy"
    assert classes_at(1.31, 0.48) == "smooth"


def test_a_variation_at_its_cut_stays_in_the_lower_class() -> None:
    frame = pl.DataFrame({"cv": [0.5, 0.50001, 1.0, 1.00001, None]})
    assert frame.select(xyz(pl.col("cv"))).to_series().to_list() == [
        "X",
        "Y",
        "Y",
        "Z",
        "undefined",
    ]


def theoretical_errors(p: float, v: float, a: float) -> tuple[float, float]:
    """Mean squared errors of Croston and SBA for a mean size of 1 (Syntetos & Boylan, 2005)."""
    bracket = (p - 1) / p**3 * (1 + a / (2 - a) * v) + v / p**2
    croston = a / (2 - a) * bracket + (a / (2 - a) * (p - 1) / p**2) ** 2
    sba = a * (2 - a) / 4 * bracket + (a / 2 / p**2) ** 2
    return croston, sba


@given(st.floats(1.0, 4.0), st.floats(0.0, 2.0), st.floats(0.05, 0.3))
def test_the_kostenko_hyndman_boundary_is_where_the_theoretical_errors_meet(
    p: float, v: float, a: float
) -> None:
    croston, sba = theoretical_errors(p, v, a)
    frame = pl.DataFrame({"adi": [p], "cv2": [v]})
    chosen = frame.select(kostenko_hyndman(pl.col("adi"), pl.col("cv2"), smoothing=a)).item()
    if abs(croston - sba) > 1e-9 * croston:
        assert chosen == ("sba" if sba < croston else "croston")

"""Classes of demand at their cuts, as expressions over the measures of a profile."""

from __future__ import annotations

import polars as pl

ADI_CUT = 1.32  # Syntetos, Boylan & Croston (2005), J. Oper. Res. Soc. 56, 495-503
CV2_CUT = 0.49  # the same
XYZ_CUTS = (0.5, 1.0)  # weekly coefficient of variation: X up to the first, Y up to the second


def classify(
    adi: pl.Expr, cv2: pl.Expr, *, adi_cut: float = ADI_CUT, cv2_cut: float = CV2_CUT
) -> pl.Expr:
    """Syntetos-Boylan class; a ratio at its cut is on the upper side, a null one is undefined."""
    rare, uneven = adi >= adi_cut, cv2 >= cv2_cut
    return (
        pl.when(adi.is_null() | cv2.is_null())
        .then(pl.lit("undefined"))
        .when(rare & uneven)
        .then(pl.lit("lumpy"))
        .when(rare)
        .then(pl.lit("intermittent"))
        .when(uneven)
        .then(pl.lit("erratic"))
        .otherwise(pl.lit("smooth"))
    )


def kostenko_hyndman(adi: pl.Expr, cv2: pl.Expr, *, smoothing: float = 0.15) -> pl.Expr:
    """Which estimator has the smaller mean squared error in theory: 'croston', 'sba', or null.

    The curve of which the two cuts of `classify` are the box. SBA is the better one where
    v > (4 p (2 - p) - a (4 - a) - p (p - 1) (4 - a) (2 - a)) / (p (4 - a) (2 p - a)),
    with p the ADI, v the CV² and a the smoothing constant. It says nothing on other estimators.
    Source: Kostenko & Hyndman (2006), J. Oper. Res. Soc. 57, 1256-1257.
    """
    p, a = adi, smoothing
    numerator = 4 * p * (2 - p) - a * (4 - a) - p * (p - 1) * ((4 - a) * (2 - a))
    boundary = numerator / (p * (4 - a) * (2 * p - a))
    return (
        pl.when(adi.is_null() | cv2.is_null())
        .then(None)
        .when(cv2 > boundary)
        .then(pl.lit("sba"))
        .otherwise(pl.lit("croston"))
    )


def xyz(cv: pl.Expr, *, cuts: tuple[float, float] = XYZ_CUTS) -> pl.Expr:
    """X, Y or Z by the coefficient of variation of demand per period; null is undefined."""
    return (
        pl.when(cv.is_null())
        .then(pl.lit("undefined"))
        .when(cv <= cuts[0])
        .then(pl.lit("X"))
        .when(cv <= cuts[1])
        .then(pl.lit("Y"))
        .otherwise(pl.lit("Z"))
    )

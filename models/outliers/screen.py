"""Screening: which of many values, or points, lie too far from the rest, and where the limit is.

Values are judged after a transform, which makes log-normal values normal: `log` takes positive
values only, `log1p` is log(1 + x) with the sign kept below zero. They are judged within their
group, all in one where there are none. Three methods:

median_deviation: z = (t - median) / s, with s = 1.4826 times the median absolute deviation of the
group, but never less than the same over the deviations of all groups, nor than `minimum_scale`.
So a group that is small, or of which half is equal, is judged by how groups spread in general.
1 / 1.4826 = 0.6745 is the upper quartile of the standard normal distribution. Source: Iglewicz &
Hoaglin (1993), How to Detect and Handle Outliers, ASQC, which gives 3.5 as the limit of |z|.

adjusted_fences: outside the fences of `models.outliers.fences`. The score is the distance from the
median in units of the fence's: beyond 1 is outside.

minimum_covariance: distance from the bulk of the points in several columns, by
`models.outliers.minimum_covariance`, beyond the quantile of normal data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from models.outliers.fences import adjusted_fences
from models.outliers.method import Method, Screen
from models.outliers.minimum_covariance import cut, minimum_covariance

Floats = npt.NDArray[np.float64]

NORMAL_FACTOR = 1.482602218505602  # 1 / the upper quartile of the standard normal distribution
MEAN_FACTOR = 1.2533141373155001  # the square root of pi / 2: of the mean absolute deviation
NORMAL_QUARTILE_RANGE = 2 / NORMAL_FACTOR
SMALLEST_MEDIAN = 3  # of two values, neither is nearer to their median
PUBLISHED_DECIMALS = 12


@dataclass(frozen=True, kw_only=True)
class Screened:
    """How many rows were judged, and those found far out.

    `outliers` has position, group_count, column_number (from 0: the one value, or the column that
    adds most to the distance), transformed_value, typical_value, fence_low, fence_high (of that
    column, untransformed; null where the method draws none), score and score_limit.
    """

    evaluated_count: int
    outliers: pl.DataFrame


def screen(frame: pl.DataFrame, columns: Sequence[str], spec: Screen) -> Screened:
    """Judge rows with `position`, `group` (whole numbers) and value columns; order by position.

    Rows without a value to transform in a column are not judged; nor are those of a group too small
    for the method: below three values for median_deviation, `minimum_count` for the others.
    """
    ordered = frame.drop_nulls(list(columns)).sort("position")
    points = ordered.select(pl.col(columns).cast(pl.Float64)).to_numpy()
    transformed = spec.transform.apply(points)
    whole = np.isfinite(transformed).all(axis=1)
    rows = ordered.select("position", "group").filter(pl.Series(whole))
    transformed = transformed[whole]
    if spec.method is Method.MEDIAN_DEVIATION:
        judged = _by_median(rows, transformed[:, 0], spec)
    else:
        judge = _fenced if spec.method is Method.ADJUSTED_FENCES else _scattered
        judged = _by_group(rows, transformed, spec, judge)
    outliers = judged.filter(pl.col("score").abs() > pl.col("score_limit")).sort("position")
    natural = [
        pl.col(name).map_batches(
            lambda series: pl.Series(spec.transform.invert(series.to_numpy())), pl.Float64
        )
        for name in ("typical_value", "fence_low", "fence_high")
    ]
    return Screened(
        evaluated_count=judged.height,
        outliers=outliers.with_columns(natural)
        .with_columns(pl.selectors.float().fill_nan(None))
        .with_columns(pl.selectors.float().round(PUBLISHED_DECIMALS)),
    )


def median_deviation_scores(
    values: Floats, groups: npt.NDArray[np.int64], *, minimum_count: int, minimum_scale: float = 0
) -> pl.DataFrame:
    """Return group_count, centre, scale and score of each value, in the order given.

    Where the scale is 0, most values of the group are equal: the score of such a one is 0, that of
    another infinite. Groups below `minimum_count` have no spread of their own.
    """
    centre = pl.col("value").median().over("group")
    count = pl.len().over("group")
    frame = pl.DataFrame({"value": values, "group": groups}).with_columns(
        group_count=count, centre=centre, away=pl.col("value") - centre
    )
    off = pl.col("away").abs()
    spread = frame.select(median=NORMAL_FACTOR * off.median(), mean=MEAN_FACTOR * off.mean()).row(
        0, named=True
    )
    common = max(spread["median"] or spread["mean"] or 0.0, minimum_scale)
    own = NORMAL_FACTOR * off.median().over("group")
    scale = pl.when(count >= minimum_count).then(pl.max_horizontal(own, common)).otherwise(common)
    return frame.with_columns(scale=scale).select(
        "group_count",
        "centre",
        "scale",
        score=pl.when(pl.col("away") == 0).then(0.0).otherwise(pl.col("away") / pl.col("scale")),
    )


def _by_median(rows: pl.DataFrame, values: Floats, spec: Screen) -> pl.DataFrame:
    scores = median_deviation_scores(
        values,
        rows["group"].to_numpy(),
        minimum_count=spec.minimum_count,
        minimum_scale=spec.minimum_scale,
    )
    reach = spec.limit * pl.col("scale")
    return (
        pl.concat([rows, scores], how="horizontal")
        .filter(pl.col("group_count") >= SMALLEST_MEDIAN)
        .select(
            "position",
            pl.col("group_count").cast(pl.Int64),
            pl.lit(0, pl.Int64).alias("column_number"),
            (pl.col("centre") + pl.col("score") * pl.col("scale")).alias("transformed_value"),
            pl.col("centre").alias("typical_value"),
            (pl.col("centre") - reach).alias("fence_low"),
            (pl.col("centre") + reach).alias("fence_high"),
            "score",
            pl.lit(spec.limit).alias("score_limit"),
        )
    )


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """What a method says of the points of one group, one value for each point or for all."""

    column: npt.NDArray[np.int64]
    centre: Floats
    low: float
    high: float
    score: Floats
    limit: float


def _by_group(
    rows: pl.DataFrame, points: Floats, spec: Screen, judge: Callable[[Floats, Screen], _Judged]
) -> pl.DataFrame:
    """Judge each group by itself, in the order of the groups."""
    parts = [_EMPTY]
    smallest = max(spec.minimum_count, 2 * points.shape[1] + 1)
    indexed = rows.with_row_index("row")
    for group in indexed.partition_by("group", maintain_order=True):
        if group.height < smallest:
            continue
        taken = points[group["row"].to_numpy()]
        found = judge(taken, spec)
        own = np.take_along_axis(taken, found.column[:, None], axis=1)[:, 0]
        parts.append(
            pl.DataFrame(
                {
                    "position": group["position"],
                    "group_count": np.full(group.height, group.height),
                    "column_number": found.column,
                    "transformed_value": own,
                    "typical_value": found.centre,
                    "fence_low": np.full(group.height, found.low),
                    "fence_high": np.full(group.height, found.high),
                    "score": found.score,
                    "score_limit": np.full(group.height, found.limit),
                },
                schema=_EMPTY.schema,
            )
        )
    return pl.concat(parts)


_EMPTY = pl.DataFrame(
    schema={
        "position": pl.Int64,
        "group_count": pl.Int64,
        "column_number": pl.Int64,
        "transformed_value": pl.Float64,
        "typical_value": pl.Float64,
        "fence_low": pl.Float64,
        "fence_high": pl.Float64,
        "score": pl.Float64,
        "score_limit": pl.Float64,
    }
)


def _fenced(points: Floats, spec: Screen) -> _Judged:
    values = points[:, 0]
    middle = float(np.median(values))
    least = NORMAL_QUARTILE_RANGE * spec.minimum_scale * spec.limit
    low, high = adjusted_fences(values, whisker=spec.limit)
    low, high = min(low, middle - least), max(high, middle + least)
    reach = np.where(values < middle, middle - low, high - middle)
    score = np.divide(values - middle, reach, out=np.zeros_like(values), where=reach > 0)
    score = np.where((reach == 0) & (values != middle), np.copysign(np.inf, values - middle), score)
    return _Judged(
        column=np.zeros(len(values), dtype=np.int64),
        centre=np.full(len(values), middle),
        low=low,
        high=high,
        score=score,
        limit=1.0,
    )


def _scattered(points: Floats, spec: Screen) -> _Judged:
    scatter = minimum_covariance(points, minimum_scale=spec.minimum_scale)
    column = np.argmax(scatter.parts(points), axis=1)
    return _Judged(
        column=column,
        centre=scatter.location[column],
        low=float("nan"),
        high=float("nan"),
        score=scatter.distances(points),
        limit=cut(spec.limit, points.shape[1]),
    )

"""By what factor promotions change demand: while they run, and in the weeks before and after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from models.demand.effects import LEAST, Effect, pooled, shrunk
from models.demand.levels import local_level

Matrix = npt.NDArray[np.float64]
Place = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

MINIMUM_EVENTS = 5  # of a kind of promotion, below which all kinds are pooled
BLOCK = 8_192  # series laid out at a time
WEEK = ["series", "week"]
FACTORS = pl.Schema(
    {
        "series": pl.Int64,
        "week": pl.Int64,
        "promotion_factor_ratio": pl.Float64,
        "promotion_estimator": pl.String,
    }
)


def promotion_factors(
    demand: pl.DataFrame, lives: pl.DataFrame, promotions: pl.DataFrame, stock_outs: pl.DataFrame
) -> pl.DataFrame:
    """Return a row with FACTORS for each promotion week; the frames are those of `Touched`.

    The factor while a promotion runs is that of the event, drawn toward its kind's; where the event
    cannot be measured it is its kind's. Before and after it is the mean of all events at that
    distance. What chance explains is no effect: the factor is 1. Where a promotion runs on part of
    the week's days, it works on that part.
    """
    weeks = promotions.join(
        stock_outs.select(*WEEK, is_short=pl.lit(True)), on=WEEK, how="left"
    ).sort(WEEK)
    disturbed = pl.concat([promotions.select(WEEK), stock_outs.select(WEEK)])
    blocks = list(_blocks(demand, lives, weeks, disturbed))
    if not blocks:
        return pl.DataFrame(schema=FACTORS)
    measured = pl.concat(blocks)
    is_running = pl.col("promotion_phase") == "during"
    frames = [_running(measured.filter(is_running)), _around(measured.filter(~is_running))]
    return pl.concat(frames).cast(FACTORS)


def _blocks(
    demand: pl.DataFrame, lives: pl.DataFrame, weeks: pl.DataFrame, disturbed: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the promotion weeks of some series at a time, measured."""
    series = weeks["series"].unique().sort()
    for start in range(0, len(series), BLOCK):
        chosen = series.slice(start, BLOCK)
        rows = pl.DataFrame({"series": chosen, "row": np.arange(len(chosen), dtype=np.int64)})
        yield _measured(
            *(frame.join(rows, on="series", how="inner") for frame in (demand, disturbed)),
            lives=lives.join(rows, on="series", how="inner").sort("row"),
            weeks=weeks.join(rows, on="series", how="inner").sort("row", "week"),
        )


def _measured(
    demand: pl.DataFrame, disturbed: pl.DataFrame, *, lives: pl.DataFrame, weeks: pl.DataFrame
) -> pl.DataFrame:
    """Add to weeks `ratio`, to the usual week around, and the relative variance of both.

    They are null where the usual week is not known, and where stock ran out: what was sold then is
    not what was asked for.
    """
    first, last = (lives[name].to_numpy()[:, None] for name in ("first_week", "last_week"))
    origin = int(first.min())
    column = np.arange(origin, int(last.max()) + 1)
    is_clean = (first <= column) & (column <= last)
    is_clean[_place(disturbed, origin)] = False
    sizes = np.zeros(is_clean.shape)
    sizes[_place(demand, origin)] = demand["units"].to_numpy()
    at = _place(weeks, origin)
    level = local_level(sizes, is_clean, *at)
    found = {
        "ratio": sizes[at] / level.mean,
        "week_noise": level.cv2,
        "level_noise": level.cv2 / np.maximum(level.weeks, 1),
    }
    is_seen = pl.col("is_short").is_null()
    return weeks.with_columns(
        pl.when(is_seen).then(pl.Series(values).fill_nan(None)).alias(name)
        for name, values in found.items()
    ).drop("row", "is_short")


def _place(frame: pl.DataFrame, origin: int) -> Place:
    return frame["row"].to_numpy(), frame["week"].to_numpy() - origin


def _running(weeks: pl.DataFrame) -> pl.DataFrame:
    """Return the factors of weeks in which promotions run."""
    share, is_known = pl.col("share"), pl.col("ratio").is_not_null()
    total = (pl.when(is_known).then(share) ** 2).sum()
    square = pl.when(total > 0).then(total)  # null, like all that is divided by it
    events = weeks.group_by("series", "promotion_id", "promotion_kind", maintain_order=True).agg(
        ratio=1 + (share * (pl.col("ratio") - 1)).sum() / square,
        noise=pl.col("week_noise").mean() / square + pl.col("level_noise").mean(),
    )
    everything = _pooled(events)
    frames = [events.clear().with_columns(_factor(None, "none"))]
    for _, own in events.group_by("promotion_kind", maintain_order=True):
        effect = _pooled(own)
        is_enough = effect.count >= MINIMUM_EVENTS
        chosen, name = (effect, "kind") if is_enough else (everything, "all kinds")
        frames.append(_of_events(own, chosen, name))
    known = pl.concat(frames).select("series", "promotion_id", "factor", "promotion_estimator")
    return weeks.join(known, on=["series", "promotion_id"], how="left").select(
        *WEEK,
        promotion_factor_ratio=1 + share * (pl.col("factor") - 1),
        promotion_estimator="promotion_estimator",
    )


def _of_events(events: pl.DataFrame, effect: Effect, name: str) -> pl.DataFrame:
    """Return events with their factor: drawn toward the effect, or that where not measured."""
    if not effect.is_certain:
        return events.with_columns(_factor(1.0, "none"))
    known, unknown = (events.filter(pl.col("ratio").is_not_null() == is_it) for is_it in (1, 0))
    own = shrunk(known["ratio"].to_numpy(), known["noise"].to_numpy(), effect)
    factor = pl.Series("factor", own, dtype=pl.Float64)
    return pl.concat(
        [
            known.with_columns(factor, promotion_estimator=pl.lit("event")),
            unknown.with_columns(_factor(effect.mean, name)),
        ]
    )


def _around(weeks: pl.DataFrame) -> pl.DataFrame:
    """Return the factors of weeks before and after promotions: less than 1, or 1."""
    frames = [weeks.clear().with_columns(_factor(None, "none"))]
    for _, own in weeks.group_by("promotion_phase", "weeks_apart", maintain_order=True):
        effect = _pooled(own.with_columns(noise=pl.col("week_noise") + pl.col("level_noise")))
        is_dip = effect.is_certain and effect.mean < 1
        chosen = _factor(max(effect.mean, LEAST), "distance") if is_dip else _factor(1.0, "none")
        frames.append(own.with_columns(chosen))
    return pl.concat(frames).select(
        *WEEK, promotion_factor_ratio="factor", promotion_estimator="promotion_estimator"
    )


def _pooled(events: pl.DataFrame) -> Effect:
    known = events.drop_nulls(["ratio", "noise"])
    return pooled(known["ratio"].to_numpy(), known["noise"].to_numpy())


def _factor(value: float | None, estimator: str) -> list[pl.Expr]:
    return [
        pl.lit(value, pl.Float64).alias("factor"),
        pl.lit(estimator).alias("promotion_estimator"),
    ]

"""Whether what a channel's stores sell foresees what the channel will order: a backtest decides.

Sell-out is smoother than the orders that follow it, since orders are batched and stocks are run up
and down (Lee, Padmanabhan & Whang 1997, "Information distortion in a supply chain"). Whether a
channel's reports carry that advantage is a question to its own history. Two forecasts of the next
week's orders are made from each week, knowing nothing after it: the exponentially smoothed level of
the orders alone, and its blend with the smoothed level of sell-out, in units of orders. How each is
smoothed and blended is chosen on the older half of the weeks and judged on the newer half, which
has not chosen it (Tashman 2000, "Out-of-sample tests of forecasting accuracy").

The errors are compared as WAPE, the sum of absolute errors by the sum of orders, over all products
of the channel. Between two forecasts that are equally good one is always a little ahead: the blend
must be ahead by more than chance (Diebold & Mariano 1995, with the correction for few weeks of
Harvey, Leybourne & Newbold 1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.stats import t as t_distribution

Matrix = npt.NDArray[np.float64]

SMOOTHINGS = (0.05, 0.1, 0.2, 0.3)  # the range that serves most series (Gardner 1985)
SIGNIFICANCE = 0.05
WARM_UP_WEEKS = 8  # until a level no longer depends on where it began
MINIMUM_WEEKS = 26  # nine to choose on and nine to judge on, after the warm-up
SHARES = (0.25, 0.5, 0.75, 1.0)
PUBLISHED_DECIMALS = 6
CHANNEL_SCHEMA = {
    "channel_id": pl.String,
    "week_count": pl.Int64,
    "judged_week_count": pl.Int64,
    "point_of_sale_share_rate": pl.Float64,
    "orders_wape_rate": pl.Float64,
    "blended_wape_rate": pl.Float64,
    "advantage_p_value": pl.Float64,
    "is_used": pl.Boolean,
    "reason": pl.String,
}
PRODUCT_SCHEMA = {
    "channel_id": pl.String,
    "product_id": pl.String,
    "ordered_level_units": pl.Float64,
    "sold_level_units": pl.Float64,
    "expected_weekly_units": pl.Float64,
}


@dataclass(frozen=True, kw_only=True)
class PointOfSale:
    """What the backtests found: `channels`, a row each, and `products` of channels, a row each."""

    channels: pl.DataFrame
    products: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """A channel's backtest.

    `smoothings` are those chosen for orders and for sell-out. The rates and `p_value`, the chance
    of such an advantage of a blend that has none, are None where too few weeks were judged, or
    nothing was ordered in them.
    """

    judged_week_count: int = 0
    smoothings: tuple[float, float] = (SMOOTHINGS[-1], SMOOTHINGS[-1])
    share: float = 0.0
    orders_wape: float | None = None
    blended_wape: float | None = None
    p_value: float | None = None

    @property
    def is_won(self) -> bool:
        """Return whether the blend was nearer to the orders, by more than chance."""
        return self.p_value is not None and self.p_value < SIGNIFICANCE


def point_of_sale(weeks: pl.DataFrame) -> PointOfSale:
    """Backtest each channel, and give the weekly demand that is expected of its products.

    `weeks` holds channel_id, product_id, week (whole numbers of one calendar), ordered_units (not
    negative) and sold_units, one row at most for each; a week without a row has neither. All
    products of a channel are looked at over the same weeks: from its first row to its last.
    """
    channels: list[dict[str, object]] = []
    products: list[pl.DataFrame] = []
    for (channel,), rows in weeks.sort("channel_id").group_by("channel_id", maintain_order=True):
        names, ordered, sold = _laid_out(rows)
        found = backtest(ordered, sold)
        channels.append({"channel_id": channel, "week_count": ordered.shape[1], **_told(found)})
        levels = _levels(ordered, sold, *found.smoothings)
        levels = levels[0][:, -1], levels[1][:, -1]
        share = found.share if found.is_won else 0.0
        products.append(
            pl.DataFrame(
                {
                    "channel_id": [channel] * len(names),
                    "product_id": names,
                    "ordered_level_units": levels[0],
                    "sold_level_units": levels[1],
                    "expected_weekly_units": (1 - share) * levels[0] + share * levels[1],
                },
                schema=PRODUCT_SCHEMA,
            )
        )
    told = pl.DataFrame(channels, schema=CHANNEL_SCHEMA)
    named = pl.concat([pl.DataFrame(schema=PRODUCT_SCHEMA), *products])
    rounded = pl.selectors.float().round(PUBLISHED_DECIMALS)
    return PointOfSale(channels=told.with_columns(rounded), products=named.with_columns(rounded))


def backtest(ordered: Matrix, sold: Matrix) -> Backtest:
    """Backtest one channel; both matrices are (product, week), oldest week first.

    Raises ValueError when their shapes differ.
    """
    if ordered.shape != sold.shape:
        raise ValueError(f"orders are {ordered.shape}, sell-out is {sold.shape}")
    weeks = ordered.shape[1] - 1
    if weeks + 1 < MINIMUM_WEEKS:
        return Backtest()
    judged_from = WARM_UP_WEEKS + (weeks - WARM_UP_WEEKS) // 2
    choosing, judging = slice(WARM_UP_WEEKS, judged_from), slice(judged_from, weeks)
    actual = ordered[:, 1:]
    levels = {one: _levels(ordered, sold, one, one) for one in SMOOTHINGS}

    def errors(chosen: tuple[float, float], share: float) -> Matrix:
        """Return absolute errors, (product, week): the level of a week foresees the next."""
        own, foreseen = levels[chosen[0]][0], levels[chosen[1]][1]
        return np.asarray(np.abs(actual - ((1 - share) * own + share * foreseen)[:, :-1]))

    alone = min(SMOOTHINGS, key=lambda own: errors((own, own), 0.0)[:, choosing].sum())
    smoothings, share = min(
        (((alone, other), share) for other in SMOOTHINGS for share in SHARES),
        key=lambda one: errors(*one)[:, choosing].sum(),
    )
    own, blended = (errors(smoothings, one)[:, judging].sum(axis=0) for one in (0.0, share))
    total = actual[:, judging].sum()
    judged = {"judged_week_count": weeks - judged_from, "smoothings": smoothings, "share": share}
    if not total > 0:
        return Backtest(**judged)
    return Backtest(
        **judged,
        orders_wape=float(own.sum() / total),
        blended_wape=float(blended.sum() / total),
        p_value=_by_chance(own - blended),
    )


def level(units: Matrix, smoothing: float) -> Matrix:
    """Return the smoothed level after each week: (series, week) as `units`.

    It begins as the mean of the first WARM_UP_WEEKS, and foresees nothing from there on.
    """
    found = np.empty_like(units)
    if units.shape[1] == 0:
        return found
    current = units[:, :WARM_UP_WEEKS].mean(axis=1)
    for week in range(units.shape[1]):
        if week >= WARM_UP_WEEKS:
            current = current + smoothing * (units[:, week] - current)
        found[:, week] = current
    return found


def _levels(
    ordered: Matrix, sold: Matrix, own_smoothing: float, sold_smoothing: float
) -> tuple[Matrix, Matrix]:
    """Return the levels of orders, and of sell-out in units of orders."""
    return level(ordered, own_smoothing), level(sold, sold_smoothing) * _scale(ordered, sold)


def _by_chance(gains: npt.NDArray[np.float64]) -> float:
    """Return the chance of gains as large or larger, by week, if their mean were 0."""
    count = len(gains)
    variance = float(gains.var())  # by count, as Diebold and Mariano have it
    if variance == 0:
        return 0.0 if gains.mean() > 0 else 1.0
    correction = np.sqrt((count - 1) / count)
    statistic = correction * gains.mean() / np.sqrt(variance / count)
    return float(t_distribution.sf(statistic, count - 1))


def _scale(ordered: Matrix, sold: Matrix) -> Matrix:
    """Return orders by sell-out of all products up to each week, (1, week); 0 before any is sold.

    A channel may also buy elsewhere, or report only part of its stores: sell-out tells the
    movement, orders tell the size.
    """
    bought, gone = ordered.sum(axis=0).cumsum(), sold.sum(axis=0).cumsum()
    scale = np.divide(bought, gone, out=np.zeros(len(gone)), where=gone > 0)
    return np.asarray(np.maximum(scale, 0.0)[None, :])


def _laid_out(rows: pl.DataFrame) -> tuple[list[str], Matrix, Matrix]:
    """Return the products of a channel, sorted, and their orders and sales as dense matrices."""
    names = rows["product_id"].unique().sort()
    place = rows["product_id"].replace_strict(names, pl.int_range(len(names), eager=True))
    week = rows["week"].to_numpy()
    week = week - week.min()
    shape = (len(names), int(week.max()) + 1)
    ordered, sold = np.zeros(shape), np.zeros(shape)
    ordered[place.to_numpy(), week] = rows["ordered_units"].to_numpy()
    sold[place.to_numpy(), week] = rows["sold_units"].to_numpy()
    return names.to_list(), ordered, sold


def _told(found: Backtest) -> dict[str, object]:
    """Return what a channel's row says of its backtest."""
    if found.is_won:
        reason = None
    elif found.judged_week_count == 0:
        reason = f"fewer than {MINIMUM_WEEKS} weeks to judge by"
    elif found.orders_wape is None:
        reason = "no orders in the weeks that judge"
    else:
        reason = "no nearer to the next week's orders than the level of orders, but by chance"
    return {
        "judged_week_count": found.judged_week_count,
        "point_of_sale_share_rate": found.share if found.is_won else 0.0,
        "orders_wape_rate": found.orders_wape,
        "blended_wape_rate": found.blended_wape,
        "advantage_p_value": found.p_value,
        "is_used": found.is_won,
        "reason": reason,
    }

"""The hysteresis frontier: what holding still costs, and what it saves, over one history.

Each setting is replayed over the same nights with what was known on them. Held longer, units move
less and fit worse; the frontier shows both, in one currency, so that one setting decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from models.stability.churn import QUARTER_DAYS
from models.stability.misfit import Economics, History, Setting, later_classes, misfit, run
from models.stability.replay import EPOCH, Floats, Replayed, Review
from models.stability.spikes import spike_driven
from models.stability.step import NEVER, NONE, Bools, Codes, Stability

PUBLISHED_DECIMALS = 12
DAYS_A_MONTH = 365.25 / 12
GRACE_DAYS = 62  # until the night of the next month, and one more that confirms


def frontier(
    history: History,
    settings: Sequence[Setting],
    economics: Economics,
    *,
    window_days: int = 365,
) -> pl.DataFrame:
    """Replay every setting: one row for each, in the order given.

    Columns: what the setting is; move_count, moves_per_100_ratio (per 100 units and quarter),
    ping_pong_rate (moves back to a segment left `window_days` ago or less; null without moves);
    nervous_move_count (moves within a lead time of the one before; null without lead times);
    spike_move_count (moves that a spike caused, `spike_driven`; null where that is not known);
    misfit_amount (by the rules of the night), later_misfit_amount (by those of later; null where
    history is too short), move_amount, total_amount (moves, and the later misfit where there is
    one); handling_hours and is_within_capacity; is_dominated (another setting moves no
    more and fits no worse, and is better in one of both); is_recommended (one row: the lowest total
    within capacity, of equals the fewest moves).
    """
    later = later_classes(history, economics.later_days)
    rows = []
    for setting in settings:
        replayed = run(history, setting)
        rows.append(
            {**_named(setting), **_measured(replayed, history, later, economics, window_days)}
        )
    table = pl.DataFrame(rows, infer_schema_length=None)
    fit = "later_misfit_amount" if later is not None else "misfit_amount"
    return table.with_columns(
        is_dominated=pl.Series(_dominated(table["move_count"].to_numpy(), table[fit].to_numpy())),
        is_recommended=pl.Series(_recommended(table)),
    )


def grid(
    bands: Sequence[float],
    confirmations: Sequence[tuple[int, int]],
    dwells: Sequence[int],
    reviews: Sequence[Review],
) -> list[Setting]:
    """Return all combinations, the memoryless setting first and the static one last."""
    found = [
        Setting(
            stability=Stability(band=band, confirm=confirm, among=among, dwell_days=dwell),
            review=review,
        )
        for review in reviews
        for dwell in dwells
        for confirm, among in confirmations
        for band in bands
    ]
    return list(dict.fromkeys([Setting(), *found, Setting(review=Review.NEVER)]))


def _named(setting: Setting) -> dict[str, object]:
    stability = setting.stability
    return {
        "band_rate": stability.band,
        "confirm_count": stability.confirm,
        "among_count": stability.among,
        "dwell_days": stability.dwell_days,
        "review": str(setting.review),
    }


def _measured(
    replayed: Replayed,
    history: History,
    later: Codes | None,
    economics: Economics,
    window_days: int,
) -> dict[str, object]:
    moves = int(replayed.is_moved.sum())
    lived = observed_days(replayed)
    months = float(replayed.days[-1] - replayed.days[0]) / DAYS_A_MONTH
    hours = moves * economics.move_hours / months if months else 0.0
    now = float(misfit(replayed.in_force, replayed.said, history, economics).sum())
    then = None
    if later is not None:
        then = round(float(misfit(replayed.in_force, later, history, economics).sum()), 4)
    back = int(ping_pongs(replayed, window_days).sum())
    capacity = economics.capacity_hours
    return {
        "move_count": moves,
        "moves_per_100_ratio": _rounded(100 * moves * QUARTER_DAYS, lived),
        "ping_pong_rate": _rounded(back, moves),
        "nervous_move_count": nervous_moves(replayed, history.lead_time_days),
        "spike_move_count": spike_moves(replayed, history),
        "misfit_amount": round(now, 4),
        "later_misfit_amount": then,
        "move_amount": round(moves * economics.move_amount, 4),
        "total_amount": round((now if then is None else then) + moves * economics.move_amount, 4),
        "handling_hours": round(hours, PUBLISHED_DECIMALS),
        "is_within_capacity": capacity is None or hours <= capacity,
    }


def observed_days(replayed: Replayed) -> int:
    """Return the days that units had a segment on the replayed nights, all together."""
    gaps = np.append(np.diff(replayed.days), 0)
    return int(((replayed.in_force != NONE).sum(axis=1) * gaps).sum())


def ping_pongs(replayed: Replayed, window_days: int) -> Bools:
    """Return which moves lead back to a segment that was left `window_days` before or less."""
    nights, units = replayed.in_force.shape
    classes = int(replayed.in_force.max(initial=0)) + 1
    left = np.full((units, classes), NEVER, np.int64)
    back = np.zeros((nights, units), bool)
    for night in range(1, nights):
        who = np.flatnonzero(replayed.is_moved[night])
        day = int(replayed.days[night])
        back[night, who] = day - left[who, replayed.in_force[night, who]] <= window_days
        changed = np.flatnonzero(
            (replayed.in_force[night] != replayed.in_force[night - 1])
            & (replayed.in_force[night - 1] != NONE)
        )
        left[changed, replayed.in_force[night - 1, changed]] = day
    return back


def nervous_moves(replayed: Replayed, lead_time_days: Floats | None) -> int | None:
    """Count the moves that change a plan anew while orders of the one before are still to come."""
    if lead_time_days is None:
        return None
    days = replayed.days[:, None]
    moved = np.where(replayed.is_moved, days, NEVER)
    before = np.maximum.accumulate(moved, axis=0)[:-1]
    return int((replayed.is_moved[1:] & (days[1:] - before < lead_time_days)).sum())


def spike_moves(replayed: Replayed, history: History) -> int | None:
    """Count the moves that a spike caused; a setting may take its two months to lead back."""
    if history.usual is None or history.spike_leaves is None:
        return None
    false = spike_driven(
        replayed.in_force,
        history.usual,
        replayed.days,
        history.spike_leaves,
        grace_days=GRACE_DAYS,
    )
    return int(false.sum())


def moves_by_month(replayed: Replayed) -> dict[str, int]:
    """Return the moves of each month with a night in it, by its name as in 2026-06."""
    found: dict[str, int] = {}
    for day, moved in zip(replayed.days, replayed.is_moved.sum(axis=1), strict=True):
        month = f"{EPOCH + timedelta(days=int(day)):%Y-%m}"
        found[month] = found.get(month, 0) + int(moved)
    return found


def _rounded(part: float, whole: float) -> float | None:
    return round(part / whole, PUBLISHED_DECIMALS) if whole else None


def _dominated(moves: npt.NDArray[np.int64], misfits: Floats) -> Bools:
    no_more = (moves[:, None] >= moves) & (misfits[:, None] >= misfits)
    better = (moves[:, None] > moves) | (misfits[:, None] > misfits)
    return np.asarray((no_more & better).any(axis=1))


def _recommended(table: pl.DataFrame) -> Bools:
    """Mark the setting of the lowest total within capacity; of equals the fewest moves."""
    allowed = table.with_row_index("_row").filter("is_within_capacity")
    first = allowed.sort("total_amount", "move_count", "_row")["_row"].head(1).to_list()
    return np.isin(np.arange(table.height), first)

"""The hysteresis frontier: settings of stability replayed over what was known each month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import numpy as np
import polars as pl

from models.segmentation.scheme import Scheme
from models.stability.frontier import GRACE_DAYS, frontier, grid
from models.stability.misfit import Economics, History, Setting
from models.stability.replay import EPOCH, Evaluation, Floats, Review, placed
from models.stability.spikes import spike_driven
from models.stability.step import NONE, Codes, Days
from orchestration.segments.evaluations import OF_THE_BASE, schemes_on_one_measure
from orchestration.segments.evaluations import TABLE as EVALUATIONS
from orchestration.segments.ladder_cuts import is_falling
from orchestration.segments.standing_state import codes_of, days_of
from workspace.config.stability_settings import StabilitySettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.table_contract import contract
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

TABLE = "segments.hysteresis_frontier"
LEAST_MONTHS = 12
BANDS, CONFIRMATIONS, DWELLS = (0.0, 0.1, 0.2, 0.3), ((1, 1), (2, 2)), (0, 90)
LEAD_TIMES = f"""
    select {unit_key(UNIT_KINDS["product_site"].key, "p")} as unit_id, lead_time_mean_days
    from features.feat_supply_profile as p
"""


def frontiers(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of hysteresis_frontier; of a scheme with a short history it has no rows."""
    found = []
    for scheme, settings in schemes_on_one_measure(workspace):
        known = _known(connection, scheme)
        if known["evaluated_date"].n_unique() < LEAST_MONTHS:
            continue
        units = one_row(connection, OF_THE_BASE.format(scheme=literal(scheme.scheme_id)))[0]
        if scheme.unit == "product_site":
            known = known.join(connection.sql(LEAD_TIMES).pl(), on="unit_id", how="left")
        found.append(_frontier(scheme, settings, known, units))
    if not found:
        return contract(TABLE).no_rows()
    connection.register("settings_tonight", pl.concat(found).to_arrow())
    return "select * from settings_tonight"


def moves_by_spikes(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, since: date
) -> pl.DataFrame:
    """Count by scheme the moves after a day that a spike has caused, from month to month.

    Columns: scheme_id, spike_move_count. A scheme whose measure has no spikes is left out.
    """
    counts: dict[str, int] = {}
    for scheme, _ in schemes_on_one_measure(workspace):
        known = _known(connection, scheme)
        history = _history(known, scheme, 1.0) if known.height else None
        if history is None or history.usual is None or history.spike_leaves is None:
            continue
        in_force, days = _in_force(known, scheme), _days(history)
        false = spike_driven(
            in_force, history.usual, days, history.spike_leaves, grace_days=GRACE_DAYS
        )
        counts[scheme.scheme_id] = int(false[days > (since - EPOCH).days].sum())
    columns = {"scheme_id": list(counts), "spike_move_count": list(counts.values())}
    return pl.DataFrame(columns, schema={"scheme_id": pl.String, "spike_move_count": pl.Int64})


def _known(connection: duckdb.DuckDBPyConnection, scheme: Scheme) -> pl.DataFrame:
    name = literal(scheme.scheme_id)
    return connection.sql(f"from {EVALUATIONS} where scheme_id = {name} order by all").pl()


def _days(history: History) -> Days:
    return np.array([evaluation.day for evaluation in history.evaluations], np.int32)


def _in_force(known: pl.DataFrame, scheme: Scheme) -> Codes:
    """Return the segments that units had each month, as places on the ladder."""
    segments = scheme.method.segments
    months = [
        codes_of(month["segment_id"].fill_null(""), segments, otherwise=len(segments))
        for month in _months(known)
    ]
    return np.stack(months)


def _frontier(
    scheme: Scheme, settings: StabilitySettings, known: pl.DataFrame, units: int
) -> pl.DataFrame:
    """Return the frontier of a scheme; money and hours are those of all its units."""
    drawn = known["unit_id"].n_unique()
    scale = max(units / drawn, 1.0)
    steps = np.arange(len(scheme.method.segments))
    costs = settings.costs
    economics = Economics(
        misfit_rates=float(costs.misfit_rate) * np.abs(steps[:, None] - steps),
        move_amount=float(costs.move_amount) * scale,
        move_hours=float(costs.move_hours) * scale,
        capacity_hours=None if costs.capacity_hours is None else float(costs.capacity_hours),
    )
    own = Setting(
        stability=replace(settings.stability(), confirm=1, among=1), review=settings.moves
    )
    offered = grid(BANDS, CONFIRMATIONS, DWELLS, (Review.NIGHTLY, Review.QUARTERLY))
    rarer = [Setting(review=review) for review in (Review.HALF_YEARLY, Review.YEARLY)]
    replayed = list(dict.fromkeys([*offered[:-1], *rarer, own, offered[-1]]))
    table = frontier(_history(known, scheme, scale), replayed, economics)
    return table.with_columns(
        pl.col("nervous_move_count", "spike_move_count").cast(pl.Int64),
        pl.lit(scheme.scheme_id).alias("scheme_id"),
        pl.Series("setting_id", [_in_words(setting) for setting in replayed]),
        pl.Series("is_in_force", [setting == own for setting in replayed]),
    )


def _in_words(setting: Setting) -> str:
    """Name a setting by what it is."""
    stability = setting.stability
    words = [
        f"band {stability.band:g}",
        f"{stability.confirm} of {stability.among}",
        f"dwell {stability.dwell_days}",
    ]
    if stability.cooldown_days:
        words.append(f"cool-down {stability.cooldown_days}")
    if stability.notice_down_days or stability.notice_up_days:
        words.append(f"notice {stability.notice_down_days} and {stability.notice_up_days}")
    return ", ".join([*words, str(setting.review)])


def _history(known: pl.DataFrame, scheme: Scheme, scale: float) -> History:
    """Return the months as arrays; who was not there, or not on the ladder, has no value then."""
    split = known["cut_values"].str.split(",")
    known = known.with_columns(
        pl.col("value_at_stake_amount").cast(pl.Float64).abs().fill_null(0) * scale,
        *(
            split.list.get(n, null_on_oob=True)
            .cast(pl.Float64, strict=False)
            .fill_null(_beyond(scheme))
            .alias(f"cut_{n}")
            for n in range(len(scheme.method.segments) - 1)
        ),
    )
    months = _months(known)
    days = [(night - EPOCH).days for night in known["evaluated_date"].unique().sort()]
    units = months[0].select("unit_id")
    return History(
        evaluations=[_evaluation(*of, scheme) for of in zip(days, months, strict=True)],
        stakes=np.stack([m["value_at_stake_amount"].fill_null(0.0).to_numpy() for m in months]),
        is_falling=is_falling(scheme),
        lead_time_days=_lead_times(units, known),
        **_spikes(months, scheme),
    )


def _months(known: pl.DataFrame) -> list[pl.DataFrame]:
    """Return a frame for each month, each with all units in the same order."""
    units = known.select(pl.col("unit_id").unique().sort())
    nights = known.sort("evaluated_date").partition_by("evaluated_date", maintain_order=True)
    return [units.join(night, on="unit_id", how="left", maintain_order="left") for night in nights]


def _spikes(months: list[pl.DataFrame], scheme: Scheme) -> dict[str, Codes]:
    """Return usual segments and the days on which spikes leave; nothing where none is known."""
    if all(month["spike_leaves_date"].is_null().all() for month in months):
        return {}
    falls = is_falling(scheme)
    usual = [
        placed(_floats(month["usual_value"]), _cuts_of(month, scheme), is_falling=falls)
        for month in months
    ]
    leaves = [days_of(month["spike_leaves_date"]) for month in months]
    return {"usual": np.stack(usual), "spike_leaves": np.stack(leaves)}


def _floats(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _cuts_of(month: pl.DataFrame, scheme: Scheme) -> Floats:
    """Return the cuts that held for each unit."""
    names = (f"cut_{n}" for n in range(len(scheme.method.segments) - 1))
    return month.select(names).fill_null(_beyond(scheme)).to_numpy()


def _evaluation(day: int, month: pl.DataFrame, scheme: Scheme) -> Evaluation:
    """Return a month as arrays."""
    ladder = len(scheme.method.segments)
    is_other = month["segment_id"].is_not_null() & month["value"].is_null()
    return Evaluation(
        day=day,
        values=_floats(month["value"]),
        cuts=_cuts_of(month, scheme),
        other=np.where(is_other, ladder, NONE).astype(np.int32),
    )


def _lead_times(units: pl.DataFrame, known: pl.DataFrame) -> Floats | None:
    """Return the lead time of each unit, 0 where it is unknown; none of units that have none."""
    if "lead_time_mean_days" not in known.columns:
        return None
    of_unit = known.group_by("unit_id").agg(pl.col("lead_time_mean_days").first())
    joined = units.join(of_unit, on="unit_id", how="left", maintain_order="left")
    return joined["lead_time_mean_days"].fill_null(0.0).to_numpy()


def _beyond(scheme: Scheme) -> float:
    """Return where a cut lies that nobody reached: beyond all values."""
    return np.inf if is_falling(scheme) else -np.inf

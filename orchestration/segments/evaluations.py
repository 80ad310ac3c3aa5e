"""What was known each month of units on a ladder, and settings of stability replayed over it.

Kept of a scheme are some thousands of units, drawn by a hash of their id: whoever was in the sample
stays in it while the number of units does not double.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import polars as pl

from models.segmentation.scheme import Scheme
from models.stability.frontier import frontier, grid
from models.stability.misfit import Economics, History, Setting
from models.stability.replay import EPOCH, Evaluation, Floats, Review
from models.stability.step import NONE
from orchestration.segments.ladder_cuts import cuts_of, is_falling, is_on_one_measure, measure_of
from workspace.config.stability_settings import StabilitySettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.table_contract import contract
from workspace.units import UNIT_KINDS, unit_key
from workspace.variants import BASE
from workspace.warehouse import one_row

TABLE = "segments.segment_evaluation"
FRONTIER = "segments.hysteresis_frontier"
SAMPLE = 10_000  # units kept of a scheme, at most
MONTHS = 37
LEAST_MONTHS = 12
BANDS, CONFIRMATIONS, DWELLS = (0.0, 0.1, 0.2, 0.3), ((1, 1), (2, 2)), (0, 90)
EVALUATED = """
    select
        a.scheme_id, a.unit_id, p.business_date as evaluated_date,
        case when is_open then {measure} end as value,
        case when is_open then {cuts} end as cut_values,
        a.segment_id, a.value_at_stake_amount
    from segments.segment_assignment as a
    join (
        select *, starts_with(rule_id, {kind}) as is_open from segments.segment_explanations
    ) as e using (scheme_id, unit_id)
    cross join night.parameters as p
    where a.scheme_id = {scheme} and a.overlay_id = {base} and {is_drawn}
        and not exists (
            select 1 from prior.segment_evaluation as before
            where
                before.scheme_id = a.scheme_id
                and before.evaluated_date >= date_trunc('month', p.business_date)
                and before.evaluated_date < p.business_date
        )
"""
# Units for which an overlay changes the scheme have cuts of their own: they are left out.
OF_THE_BASE = f"""
    select count(*) from segments.segment_assignment
    where scheme_id = {{scheme}} and overlay_id = {literal(BASE)}
"""
KEPT = f"""
    select before.*
    from prior.segment_evaluation as before
    cross join night.parameters as p
    where
        before.evaluated_date < p.business_date
        and before.evaluated_date > p.business_date - interval {MONTHS} month
"""
LEAD_TIMES = f"""
    select {unit_key(UNIT_KINDS["product_site"].key, "p")} as unit_id, lead_time_mean_days
    from features.feat_supply_profile as p
"""
Steady = tuple[Scheme, StabilitySettings]


def evaluations(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_evaluation: on the first night of a month, one more."""
    parts = [KEPT]
    for scheme, _ in _on_one_measure(workspace):
        count = one_row(connection, OF_THE_BASE.format(scheme=literal(scheme.scheme_id)))[0]
        cuts = [f"coalesce({cut}, '')" for cut in cuts_of(scheme, "e")]
        parts.append(
            EVALUATED.format(
                measure=measure_of(scheme, "e"),
                cuts=f"concat_ws(',', {', '.join(cuts)})",
                kind=literal(f"{scheme.method.kind}."),
                scheme=literal(scheme.scheme_id),
                base=literal(BASE),
                is_drawn=_drawn(count),
            )
        )
    return " union all by name ".join(parts)


def frontiers(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of hysteresis_frontier; of a scheme with a short history it has no rows."""
    found = []
    for scheme, settings in _on_one_measure(workspace):
        name = literal(scheme.scheme_id)
        known = connection.sql(f"from {TABLE} where scheme_id = {name} order by all").pl()
        if known["evaluated_date"].n_unique() < LEAST_MONTHS:
            continue
        units = one_row(connection, OF_THE_BASE.format(scheme=name))[0]
        if scheme.unit == "product_site":
            known = known.join(connection.sql(LEAD_TIMES).pl(), on="unit_id", how="left")
        found.append(_frontier(scheme, settings, known, units))
    if not found:
        return contract(FRONTIER).no_rows()
    connection.register("settings_tonight", pl.concat(found).to_arrow())
    return "select * from settings_tonight"


def _on_one_measure(workspace: Workspace) -> Iterator[Steady]:
    """Return the schemes that hold still and whose classes are cut from one measure."""
    for scheme in in_order(workspace):
        settings = workspace.schemes[scheme.scheme_id].value.stability
        if settings is not None and is_on_one_measure(scheme):
            yield scheme, settings


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
        pl.col("nervous_move_count").cast(pl.Int64),
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
    units = known.select(pl.col("unit_id").unique().sort())
    nights = known.sort("evaluated_date").partition_by("evaluated_date", maintain_order=True)
    months = [
        units.join(night, on="unit_id", how="left", maintain_order="left") for night in nights
    ]
    days = [(night["evaluated_date"][0] - EPOCH).days for night in nights]
    return History(
        evaluations=[_evaluation(*of, scheme) for of in zip(days, months, strict=True)],
        stakes=np.stack([m["value_at_stake_amount"].fill_null(0.0).to_numpy() for m in months]),
        is_falling=is_falling(scheme),
        lead_time_days=_lead_times(units, known),
    )


def _evaluation(day: int, month: pl.DataFrame, scheme: Scheme) -> Evaluation:
    """Return a month as arrays."""
    ladder = len(scheme.method.segments)
    is_there, values = month["segment_id"].is_not_null(), month["value"].cast(pl.Float64)
    cuts = month.select(f"cut_{n}" for n in range(ladder - 1)).fill_null(_beyond(scheme))
    return Evaluation(
        day=day,
        values=values.fill_null(float("nan")).to_numpy(),
        cuts=cuts.to_numpy(),
        other=np.where(is_there & values.is_null(), ladder, NONE).astype(np.int32),
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


def _drawn(count: int) -> str:
    """Write which units are in the sample: all, or every second, fourth, …, by hash."""
    halvings = max(math.ceil(math.log2(max(count, 1) / SAMPLE)), 0)
    if not halvings:
        return "true"
    return f"substr(md5(a.unit_id), 1, 6) < {literal(f'{2**24 >> halvings:06x}')}"

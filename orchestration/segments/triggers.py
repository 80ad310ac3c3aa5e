"""Triggers of the night: which units changed enough, for long enough, to move between two reviews.

Each trigger of a scheme looks at one feature of every unit, as trusted. What it knows of a unit is
carried in `reclass_triggers` from release to release: each firing can be made again from the nights
that it was counted on.
"""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import polars as pl

from models.stability.replay import EPOCH
from models.stability.triggers import Floats, Watch, Watched, watch
from orchestration.segments.standing_state import dates_of, days_of
from orchestration.segments.unit_features import lay_out_units
from workspace.config.stability_settings import TriggerSettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

TABLE = "segments.reclass_triggers"
NOTHING_WATCHED = "select * from prior.reclass_triggers where false"
SEEN = """
    select
        {unit} as unit_id,
        cast({value} as varchar) as value,
        before.reference_value, before.leaning, before.held_count, before.fired_date,
        before.fired_to, before.limit_value
    from {relation} as f
    left join prior.reclass_triggers as before
        on
            before.scheme_id = {scheme} and before.trigger_id = {trigger}
            and before.column_name = {column} and before.kind = {kind}
            and before.unit_id = {unit}
    order by 1
"""
UP, DOWN = "up", "down"


def watched(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Look at all triggers of all schemes; return the query of reclass_triggers."""
    schemes = [
        read.value
        for _, read in sorted(workspace.schemes.items())
        if read.value.stability and read.value.stability.triggers
    ]
    if not schemes:
        return NOTHING_WATCHED
    lay_out_units(connection, [scheme.unit for scheme in schemes])
    today = one_row(connection, "select business_date from night.parameters")[0]
    rows = [
        _looked_at(connection, scheme.scheme, scheme.unit, trigger, today)
        for scheme in schemes
        for trigger in (scheme.stability.triggers if scheme.stability else ())
    ]
    connection.register("triggers_tonight", pl.concat(rows).to_arrow())
    return "select * from triggers_tonight"


def _looked_at(
    connection: duckdb.DuckDBPyConnection,
    scheme_id: str,
    unit: str,
    trigger: TriggerSettings,
    today: date,
) -> pl.DataFrame:
    """Return what one trigger knows of each unit after tonight."""
    is_number = trigger.kind != "change"
    query = SEEN.format(
        unit=unit_key(UNIT_KINDS[unit].key, "f"),
        value=f"cast(f.{trigger.column} as double)" if is_number else f"f.{trigger.column}",
        relation=f"{unit}_trusted",
        scheme=literal(scheme_id),
        trigger=literal(trigger.trigger),
        column=literal(trigger.column),
        kind=literal(trigger.kind),
    )
    seen = connection.sql(query).pl()
    words = _words(seen) if not is_number else pl.Series([], dtype=pl.String)
    before = Watch(
        reference=_numbers(seen["reference_value"], words),
        leaning=_leanings(seen["leaning"], words),
        held=seen["held_count"].fill_null(0).cast(pl.Int32).to_numpy(),
        fired=days_of(seen["fired_date"]),
    )
    night = watch(
        before, _numbers(seen["value"], words), (today - EPOCH).days, trigger.trigger_of()
    )
    return _rows(seen, night, words).select(
        pl.lit(scheme_id).alias("scheme_id"),
        pl.lit(trigger.trigger).alias("trigger_id"),
        pl.lit(unit).alias("unit_type"),
        "unit_id",
        pl.lit(trigger.column).alias("column_name"),
        pl.lit(trigger.kind).alias("kind"),
        pl.exclude("unit_id"),
    )


def _rows(seen: pl.DataFrame, night: Watched, words: pl.Series) -> pl.DataFrame:
    """Return tonight's rows: what fired tonight, and else what fired last."""
    fires = pl.Series("is_fired", night.fires)
    limit = pl.Series("_limit", night.limit).fill_nan(None)
    return seen.select(
        "unit_id",
        "value",
        _texts(night.watch.reference, words).alias("reference_value"),
        _told(night.watch.leaning, words).alias("leaning"),
        pl.Series("held_count", night.watch.held.astype(np.int64)),
        fires,
        dates_of(night.watch.fired).alias("fired_date"),
        pl.when(fires).then(_told(night.leaning, words)).otherwise("fired_to").alias("fired_to"),
        pl.when(fires).then(limit).otherwise("limit_value").round(12).alias("limit_value"),
    )


def _words(seen: pl.DataFrame) -> pl.Series:
    """Return all words there are of a feature that is not a number, in order."""
    known = pl.concat([seen["value"], seen["reference_value"], seen["leaning"]])
    return known.drop_nulls().unique().sort()


def _numbers(column: pl.Series, words: pl.Series) -> Floats:
    """Return values as numbers, words by their place; NaN for none."""
    if len(words):
        places = {word: float(place) for place, word in enumerate(words)}
        found = column.replace_strict(places, default=None, return_dtype=pl.Float64)
    else:
        found = column.cast(pl.Float64)
    return found.fill_null(float("nan")).to_numpy()


def _texts(values: Floats, words: pl.Series) -> pl.Series:
    numbers = pl.Series(values).fill_nan(None)
    if len(words):
        return words.gather(numbers.cast(pl.UInt32))
    return numbers.cast(pl.String)


def _leanings(column: pl.Series, words: pl.Series) -> Floats:
    if len(words):
        return _numbers(column, words)
    return _numbers(column.replace({UP: "1", DOWN: "-1"}), words)


def _told(leaning: Floats, words: pl.Series) -> pl.Series:
    """Return to which side, or to which word."""
    if len(words):
        return _texts(leaning, words)
    sides = pl.Series(leaning).fill_nan(None)
    return sides.replace_strict({1.0: UP, -1.0: DOWN}, default=None, return_dtype=pl.String)

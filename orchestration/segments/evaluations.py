"""What was known each month of units on a ladder, for settings to be replayed over.

Kept of a scheme are some thousands of units, drawn by a hash of their id: whoever was in the sample
stays in it while the number of units does not double.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb

from models.segmentation.scheme import Scheme
from orchestration.segments.ladder_cuts import (
    cuts_of,
    is_on_one_measure,
    measure_of,
)
from orchestration.segments.spikes import spikes_of
from workspace.config.stability_settings import StabilitySettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import in_order
from workspace.variants import BASE
from workspace.warehouse import one_row

TABLE = "segments.segment_evaluation"
SAMPLE = 10_000  # units kept of a scheme, at most
MONTHS = 37
EVALUATED = """
    select
        a.scheme_id, a.unit_id, p.business_date as evaluated_date,
        case when is_open then {measure} end as value,
        case when is_open then {cuts} end as cut_values,
        case when is_open then {measure} - spikes.excess end as usual_value,
        case when is_open then spikes.leaves_date end as spike_leaves_date,
        a.segment_id, a.value_at_stake_amount
    from segments.segment_assignment as a
    join (
        select *, starts_with(rule_id, {kind}) as is_open from segments.segment_explanations
    ) as e using (scheme_id, unit_id)
    left join ({spikes}) as spikes using (unit_id)
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
NO_SPIKES = """
    select
        cast(null as varchar) as unit_id, cast(null as double) as excess,
        cast(null as date) as leaves_date
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
Steady = tuple[Scheme, StabilitySettings]


def evaluations(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of segment_evaluation: on the first night of a month, one more."""
    parts = [KEPT]
    for scheme, _ in schemes_on_one_measure(workspace):
        count = one_row(connection, OF_THE_BASE.format(scheme=literal(scheme.scheme_id)))[0]
        cuts = [f"coalesce({cut}, '')" for cut in cuts_of(scheme, "e")]
        parts.append(
            EVALUATED.format(
                measure=measure_of(scheme, "e"),
                cuts=f"concat_ws(',', {', '.join(cuts)})",
                spikes=spikes_of(scheme) or NO_SPIKES,
                kind=literal(f"{scheme.method.kind}."),
                scheme=literal(scheme.scheme_id),
                base=literal(BASE),
                is_drawn=_drawn(count),
            )
        )
    return " union all by name ".join(parts)


def schemes_on_one_measure(workspace: Workspace) -> Iterator[Steady]:
    """Return the schemes that hold still and whose classes are cut from one measure."""
    for scheme in in_order(workspace):
        settings = workspace.schemes[scheme.scheme_id].value.stability
        if settings is not None and is_on_one_measure(scheme):
            yield scheme, settings


def _drawn(count: int) -> str:
    """Write which units are in the sample: all, or every second, fourth, …, by hash."""
    halvings = max(math.ceil(math.log2(max(count, 1) / SAMPLE)), 0)
    if not halvings:
        return "true"
    return f"substr(md5(a.unit_id), 1, 6) < {literal(f'{2**24 >> halvings:06x}')}"

"""How far a reduced scheme and the whole one agree, where both can be had."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from models.agreement import OrderedAgreement, weighted_kappa
from orchestration.gate_book import Finding
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.parsing import literal
from workspace.schemes import to_scheme
from workspace.variants import BASE
from workspace.warehouse import one_row

TABLE = "segments.scheme_agreement"
LEAST_KAPPA = 0.6  # substantial agreement (Landis and Koch 1977)
COLUMNS = {
    "scheme_id": pa.string(),
    "whole_scheme_id": pa.string(),
    "unit_count": pa.int64(),
    "agreed_count": pa.int64(),
    "weighted_kappa_ratio": pa.float64(),
    "kappa_low_ratio": pa.float64(),
    "kappa_high_ratio": pa.float64(),
}
# Where data are rich: the base decides, and by its method, in both schemes.
PAIRS = """
    select whole.engine_segment_id, reduced.engine_segment_id, count(*)
    from segments.segment_assignment as whole
    join segments.segment_assignment as reduced using (unit_id)
    where
        whole.scheme_id = {whole} and reduced.scheme_id = {reduced}
        and whole.overlay_id = {base} and reduced.overlay_id = {base}
        and whole.fallback_code is null and reduced.fallback_code is null
    group by all
"""


def agreements(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of scheme_agreement."""
    rows = []
    for name, read in workspace.schemes.items():
        whole = read.value.reduces
        if whole is None:
            continue
        found = _agreement(connection, workspace, name, whole)
        if found is not None:
            kappas = (found.kappa, found.low, found.high)
            published = (None if k is None else round(k, 12) for k in kappas)
            rows.append((name, whole, found.count, found.agreed, *published))
    connection.register("agreements_tonight", arrow_table(COLUMNS, rows))
    return "select * from agreements_tonight"


def _agreement(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, reduced: str, whole: str
) -> OrderedAgreement | None:
    """Return how two schemes agree on units that both place on the ladder; none without any."""
    segments = to_scheme(workspace.schemes[whole].value).method.segments
    pairs = connection.execute(
        PAIRS.format(whole=literal(whole), reduced=literal(reduced), base=literal(BASE))
    ).fetchall()
    confusion = np.zeros((len(segments), len(segments)), np.int64)
    for one, other, count in pairs:
        if one in segments and other in segments:
            confusion[segments.index(one), segments.index(other)] += count
    return weighted_kappa(confusion) if confusion.any() and len(segments) > 1 else None


def reduced_schemes_agree(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Finding:
    """A reduced scheme says mostly what the whole one says; else it misleads where it is used."""
    del workspace
    (count,) = one_row(connection, f"select count(*) from {TABLE}")
    poor = connection.execute(
        f"select scheme_id, weighted_kappa_ratio from {TABLE} "
        f"where coalesce(weighted_kappa_ratio, 0) < {LEAST_KAPPA} order by all"
    ).fetchall()
    said = "; ".join(f"{name} {'none' if k is None else f'{k:.2f}'}" for name, k in poor)
    return Finding(
        gate=f"{TABLE}.reduced_schemes_agree",
        table=TABLE,
        kind="cross_table",
        is_passed=not poor,
        is_blocking=False,
        evaluated_count=count,
        failed_count=len(poor),
        detail=f"Weighted kappa below {LEAST_KAPPA}: {said}." if poor else "",
    )

"""A small company of customers to be matched, with a model whose weights can be checked by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.incremental import Prior
from workspace.matching.model_file import (
    Frequencies,
    MatchModel,
    TrainedLevel,
    TrainingRecord,
    WordWeights,
)
from workspace.matching.objects import CUSTOMER
from workspace.matching.scoring import Scores, score_records
from workspace.matching.settings import MatchSettings

COLUMNS = (
    "record_key",
    "customer_name",
    "tax_number",
    "duns_number",
    "gln",
    "global_customer_id",
    "country_code",
    "city",
    "postal_code",
    "_file",
    "_record",
)
Row = Mapping[str, object]
SETTINGS = MatchSettings.model_validate({})


def customer(key: str, **values: object) -> dict[str, object]:
    """Return one record; what is not named is null."""
    return {"record_key": key, "_file": "f", "_record": abs(hash(key)) % 10**9, **values}


def write_records(
    connection: duckdb.DuckDBPyConnection, rows: Sequence[Row], table: str = "records"
) -> None:
    """Write records in the order given."""
    columns = ", ".join(f"{name} varchar" for name in COLUMNS)
    connection.execute(f"create or replace table {table} ({columns})")
    for row in rows:
        connection.execute(
            f"insert into {table} values ({', '.join('?' for _ in COLUMNS)})",
            [row.get(name) for name in COLUMNS],
        )


def hand_model(declaration: Declaration = CUSTOMER) -> MatchModel:
    """Return a model of round numbers: best level 0.9 against 0.001, worst 0.05 against 0.9."""
    levels = {}
    for comparison in declaration.comparisons:
        known = [level for level in comparison.levels if not level.is_null]
        between = len(known) - 2
        levels[comparison.name] = tuple(
            TrainedLevel(label=level.label, m=m, u=u, observed=True)
            for level, (m, u) in zip(
                known, [(0.9, 0.001), *[(0.02, 0.02)] * between, (0.05, 0.9)], strict=True
            )
        )
    return MatchModel(
        object_type=declaration.object_type,
        declaration=declaration.digest,
        match_probability=0.001,
        levels=levels,
        frequencies={
            column: Frequencies(other=0.001, values={}) for column in declaration.frequencies
        },
        words={column: WordWeights(other=80, values={}) for column in declaration.words},
        training=TrainingRecord(
            trained_on="2026-06-30",
            record_count=0,
            snapshot_sha256="",
            sampled_pair_count=0,
            match_count=0,
            splink_version="",
            duckdb_version="",
            sessions=(),
            converged=True,
            notes=(),
        ),
    )


def scored(
    connection: duckdb.DuckDBPyConnection,
    *,
    model: MatchModel | None = None,
    settings: MatchSettings = SETTINGS,
    prior: Prior | None = None,
    into: str = "pairs",
    declaration: Declaration = CUSTOMER,
    records: str = "records",
    kept: Path | None = None,
) -> Scores:
    """Score the records of a connection into `into` and `<into>_basis`."""
    return score_records(
        connection,
        declaration,
        records=records,
        settings=settings,
        model=model,
        prior=prior,
        into=into,
        basis_into=f"{into}_basis",
        kept=kept,
    )


def pairs(connection: duckdb.DuckDBPyConnection, table: str = "pairs") -> list[tuple[Any, ...]]:
    """Return all pairs as they stand."""
    return connection.execute(f"select * from {table}").fetchall()


def outcomes(
    connection: duckdb.DuckDBPyConnection, table: str = "pairs"
) -> dict[tuple[str, str], str]:
    """Return the outcome of each pair."""
    rows = connection.execute(f"select record_key_l, record_key_r, outcome from {table}").fetchall()
    return {(left, right): outcome for left, right, outcome in rows}

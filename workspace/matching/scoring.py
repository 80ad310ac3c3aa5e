"""Score pairs of records: from scratch, or only what changed since the night before.

A pair's weight hangs on its two records, the trained model and the two lists kept in `basis`
(fillers and blocks that are too large). So the pairs of records that did not change, and whose
fillers and blocks did not change either, are taken over from before as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version

import duckdb

from workspace.errors import TierwiseError
from workspace.matching.blocking import CANDIDATES, write_blocks, write_candidates
from workspace.matching.components import CLOSURE, COMPONENTS, write_closure, write_components
from workspace.matching.declaration import Declaration
from workspace.matching.identifiers import IDENTIFIED, write_identified
from workspace.matching.incremental import (
    BASIS,
    Prior,
    changed_records,
    take_over,
    write_basis,
)
from workspace.matching.model_file import MatchModel
from workspace.matching.pairs import SCORED, create_scored, score_pairs, write_pairs
from workspace.matching.records import normalise_records, weigh_records
from workspace.matching.settings import MatchSettings
from workspace.matching.working import working_schema
from workspace.warehouse import row_count


@dataclass(frozen=True, kw_only=True)
class Scores:
    """What was written, and how much work it was."""

    pairs: str
    basis: str
    record_count: int
    candidate_count: int
    scored_count: int
    pair_count: int
    is_incremental: bool
    notes: tuple[str, ...]


def score_records(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    *,
    records: str,
    settings: MatchSettings,
    model: MatchModel | None,
    prior: Prior | None,
    into: str,
    basis_into: str,
) -> Scores:
    """Write the pairs of records worth keeping, and what they hang on.

    Raises MATCH_RECORD_KEY and MATCH_MODEL.
    """
    _check_model(declaration, model)
    notes = [] if model else [f"{declaration.object_type}: no trained model, identifiers only"]
    with working_schema(connection):
        count = _prepare(connection, declaration, records, settings, model)
        changed = changed_records(connection, declaration, prior) if prior else None
        candidates = _score_candidates(connection, declaration, settings, model, changed)
        if prior and changed:
            take_over(connection, prior, changed)
        score_pairs(connection, declaration, model, IDENTIFIED, found_by="identifier")
        notes += _score_components(connection, declaration, settings, model, count)
        scored = row_count(connection, SCORED)
        kept = write_pairs(connection, model, settings, COMPONENTS, into)
        connection.execute(
            f"create or replace table {basis_into} as select * from {BASIS} order by all"
        )
    return Scores(
        pairs=into,
        basis=basis_into,
        record_count=count,
        candidate_count=candidates,
        scored_count=scored,
        pair_count=kept,
        is_incremental=changed is not None,
        notes=tuple(notes),
    )


def _check_model(declaration: Declaration, model: MatchModel | None) -> None:
    """Raise MATCH_MODEL for a model that was trained for other fields."""
    if model is not None and model.declaration != declaration.digest:
        cause = f"The model of {declaration.object_type} was trained for other fields."
        raise TierwiseError("MATCH_MODEL", place=declaration.object_type, cause=cause)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    records: str,
    settings: MatchSettings,
    model: MatchModel | None,
) -> int:
    """Write what is scored, and begin the list of scored pairs; return the record count."""
    count = normalise_records(
        connection, declaration, records, placeholder_above=settings.placeholder_above
    )
    weigh_records(connection, declaration, model)
    if model:
        write_blocks(connection, declaration, settings.block_limit)
    write_basis(connection, _digest(declaration, model, settings), has_blocks=model is not None)
    write_identified(connection, declaration, settings.placeholder_above)
    create_scored(connection)
    return count


def _score_candidates(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    settings: MatchSettings,
    model: MatchModel | None,
    changed: str | None,
) -> int:
    """Score the pairs within blocks, of changed records where those are known; return how many.

    Without a model there are none.
    """
    if model is None:
        return 0
    count = write_candidates(connection, declaration, changed=changed)
    least = settings.review_weight
    score_pairs(connection, declaration, model, CANDIDATES, found_by="block", at_least=least)
    return count


def _score_components(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    settings: MatchSettings,
    model: MatchModel | None,
    count: int,
) -> list[str]:
    """Write the components of links; with a model, score all other pairs within them.

    Returns notes on what was left out.
    """
    write_components(connection, settings, count)
    if model is None:
        return []
    notes = [*write_closure(connection, settings, has_apart=declaration.apart_by is not None)]
    score_pairs(connection, declaration, model, CLOSURE, found_by="component")
    return notes


def _digest(declaration: Declaration, model: MatchModel | None, settings: MatchSettings) -> str:
    """Return a hash of all that a score hangs on besides the records."""
    said = (
        declaration.digest,
        model.digest if model else "",
        settings.model_dump_json(),
        version("splink"),
        version("duckdb"),
    )
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:16]

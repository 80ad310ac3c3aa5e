"""Score pairs of records: from scratch, or only what changed since the night before.

A pair's weight hangs on its two records, the trained model and the two lists kept in `basis`
(fillers and blocks that are too large). So the pairs of records that did not change, and whose
fillers and blocks did not change either, are taken over from before as they were.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb

from workspace.errors import TierwiseError
from workspace.matching.blocking import write_blocks
from workspace.matching.candidates import CANDIDATES, write_candidates, write_too_large
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
from workspace.matching.kept import finish, prepare_records
from workspace.matching.model_file import MatchModel
from workspace.matching.pairs import SCORED, create_scored, score_pairs, write_pairs
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
    kept: Path | None = None,
) -> Scores:
    """Write the pairs of records worth keeping, and what they hang on.

    `kept` is a file for what the next night can use; it changes nothing but the time.
    Raises MATCH_RECORD_KEY and MATCH_MODEL.
    """
    _check_model(declaration, model)
    notes = [] if model else [f"{declaration.object_type}: no trained model, identifiers only"]
    with working_schema(connection, kept=kept):
        count = _prepare(connection, declaration, records, settings, model)
        changed = changed_records(connection, declaration, prior) if prior else None
        candidates = _score_candidates(connection, declaration, settings, model, changed)
        if prior and changed:
            take_over(connection, prior, changed)
        score_pairs(connection, declaration, model, IDENTIFIED, found_by="identifier")
        notes += _score_components(connection, declaration, settings, model)
        scored = row_count(connection, SCORED)
        worth_keeping = write_pairs(connection, model, settings, COMPONENTS, into)
        connection.execute(f"create or replace table {basis_into} as from {BASIS} order by all")
    return Scores(
        pairs=into,
        basis=basis_into,
        record_count=count,
        candidate_count=candidates,
        scored_count=scored,
        pair_count=worth_keeping,
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
    digest = _digest(declaration, model, settings)
    count, made_again = prepare_records(
        connection,
        declaration,
        records,
        model,
        digest=digest,
        placeholder_above=settings.placeholder_above,
    )
    if model:
        write_blocks(connection, declaration, made_again=made_again)
        write_too_large(connection, declaration, settings.block_limit)
    finish(connection, digest)
    write_basis(connection, digest, has_blocks=model is not None)
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
) -> list[str]:
    """Write the components of links; with a model, score all other pairs within them.

    Returns notes on what was left out.
    """
    write_components(connection, settings)
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
        _code(),
    )
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    """Return a hash of the code of this package: another code may score otherwise."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

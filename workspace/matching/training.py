"""Train the model of an object: shares of levels by sampling, then expectation maximisation.

Splink draws the sample (by hash, so that neither threads nor the order of records matter), computes
the levels, and runs its EM over single blocking rules for the values to start from; the final
estimate is over all blocks together.
"""

from __future__ import annotations

import hashlib
import math
from importlib.metadata import version

import duckdb
import numpy as np

from workspace.errors import TierwiseError
from workspace.matching.blocking import rules_of, write_blocks
from workspace.matching.candidates import (
    CANDIDATES,
    LIVE_BLOCKS,
    write_candidates,
    write_too_large,
)
from workspace.matching.declaration import Declaration
from workspace.matching.estimation import Patterns
from workspace.matching.frequencies import among_strangers, value_frequencies, word_weights
from workspace.matching.learning import learn
from workspace.matching.model_file import MatchModel, TrainingRecord
from workspace.matching.records import (
    RECORDS,
    check_keys,
    complete,
    normalise_records,
    weighed,
    without_fillers,
    write_placeholders,
)
from workspace.matching.settings import MatchSettings
from workspace.matching.splink_model import COMPARED, linker, splink_settings
from workspace.matching.working import WORK, working_schema
from workspace.warehouse import one_row

RANDOM_PAIRS = 500_000
LEAST_PAIRS = 100
TRAINING_PAIRS = 3_000_000
BATCH_PAIRS = 1_000_000  # pairs whose columns Splink writes out at one time
DECIMALS = 9


def train(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    *,
    records: str,
    settings: MatchSettings,
    trained_on: str,
) -> MatchModel:
    """Return the model that explains the records; `trained_on` is the caller's date.

    Raises MATCH_UNTRAINED where there are too few records or pairs, or no convergence.
    """
    with working_schema(connection):
        count = check_keys(connection, records)
        source = complete(connection, declaration, records)
        numbered = "row_number() over (order by record_key) as record_number"
        normalise_records(connection, declaration, f"select *, {numbered} from ({source})")
        snapshot = _snapshot(connection, declaration, records)
        draft = _draft(connection, declaration, count, trained_on, snapshot)
        connection.execute(f"create table {RECORDS} as {weighed(connection, declaration, draft)}")
        write_placeholders(connection, declaration, settings.placeholder_above)
        write_blocks(connection, declaration)
        write_too_large(connection, declaration, settings.block_limit)
        connection.execute(f"create table {COMPARED} as {without_fillers(declaration)}")
        candidates = write_candidates(connection, declaration)
        if candidates < LEAST_PAIRS:
            cause = f"{count} records make {candidates} pairs to compare; {LEAST_PAIRS} are needed."
            raise TierwiseError("MATCH_UNTRAINED", place=declaration.object_type, cause=cause)
        sample = _random_pairs(connection, declaration)
        exact = _exact_shares(connection, declaration)
        patterns = _patterns(connection, declaration)
        pair_count = _pair_count(connection, declaration)
    learned = learn(draft, declaration, patterns, sample, exact, pair_count=pair_count)
    return among_strangers(learned, declaration)


def _pair_count(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> float:
    """Return how many pairs of records could be one thing."""
    apart = "apart_by" if declaration.apart_by else "record_number"
    total, within = one_row(
        connection,
        f"select sum(n) * (sum(n) - 1) / 2, sum(n * (n - 1) / 2) "
        f"from (select count(*) as n from {RECORDS} group by {apart})",
    )
    return float(total - within)


def _draft(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    count: int,
    trained_on: str,
    snapshot: str,
) -> MatchModel:
    """Return a model with frequencies only, by which words are weighed and blocks are made."""
    return MatchModel(
        object_type=declaration.object_type,
        declaration=declaration.digest,
        match_probability=0.0001,
        levels={},
        frequencies=value_frequencies(connection, declaration),
        words=word_weights(connection, declaration),
        training=TrainingRecord(
            trained_on=trained_on,
            record_count=count,
            snapshot_sha256=snapshot,
            sampled_pair_count=0,
            match_count=0,
            splink_version=version("splink"),
            duckdb_version=version("duckdb"),
            sessions=(),
            converged=False,
            notes=(),
        ),
    )


def _snapshot(connection: duckdb.DuckDBPyConnection, declaration: Declaration, records: str) -> str:
    """Return a hash of what was compared, whatever the order of its rows."""
    given = [row[0] for row in connection.execute(f"describe select * from {records}").fetchall()]
    columns = ", ".join(column for column in declaration.columns if column in given)
    digest = hashlib.sha256()
    (text,) = one_row(
        connection,
        "select coalesce(string_agg(h, '' order by h), '') from "
        f"(select md5(concat_ws('|', record_key, {columns})) as h from {records})",
    )
    digest.update(str(text).encode())
    return digest.hexdigest()


def _random_pairs(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> Patterns:
    """Return the agreement patterns of random pairs: all pairs where there are not too many.

    A record meets the one that a hash of its number and the turn points to, so that the sample
    is the same on every machine.
    """
    (count,) = one_row(connection, f"select count(*) from {RECORDS}")
    if count * (count - 1) / 2 <= RANDOM_PAIRS:
        pairs = (
            "select l.record_number as a, r.record_number as b from "
            f"{RECORDS} as l inner join {RECORDS} as r on l.record_number < r.record_number"
        )
    else:
        turns = math.ceil(RANDOM_PAIRS / count)
        pairs = (
            "select record_number as a, "
            f"cast(1 + hash(record_number, turn) % {count} as bigint) as b "
            f"from {RECORDS} cross join range({turns}) as turns(turn) "
            f"where hash(turn, record_number) % {turns * count} < {RANDOM_PAIRS}"
        )
    connection.execute(f"""
        create or replace table {WORK}.random_pairs as
        select distinct least(a, b) as join_key_l, greatest(a, b) as join_key_r, '0' as rules
        from ({pairs}) where a <> b
    """)
    if declaration.apart_by:
        connection.execute(f"""
            delete from {WORK}.random_pairs as p using {RECORDS} as l, {RECORDS} as r
            where p.join_key_l = l.record_number and p.join_key_r = r.record_number
                and l.apart_by = r.apart_by
        """)
    return agreement_patterns(connection, declaration, f"{WORK}.random_pairs", step=1)


def _exact_shares(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration
) -> tuple[float | None, ...]:
    """Return for each comparison the share of all pairs that agree exactly, where it is counted."""
    found: list[float | None] = []
    for comparison in declaration.comparisons:
        best = next(level for level in comparison.levels if not level.is_null)
        if best.frequency is None:
            found.append(None)
            continue
        same, known = one_row(
            connection,
            f"select coalesce(sum(n * (n - 1)), 0), coalesce(sum(n), 0) from "
            f"(select count(*) as n from {RECORDS} where {best.frequency} is not null "
            f"group by {best.frequency})",
        )
        found.append(float(same) / (known * (known - 1)) if known > 1 else None)
    return tuple(found)


def _patterns(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> Patterns:
    """Return the agreement patterns of the candidate pairs, and which rules brought them."""
    rules = " ".join(
        f"when {number} then {1 << number}" for number in range(len(rules_of(declaration)))
    )
    connection.execute(f"""
        create or replace table {WORK}.ruled as
        select c.join_key_l, c.join_key_r, cast(bit_or(case l.rule {rules} end) as varchar) as rules
        from {CANDIDATES} as c
        inner join {LIVE_BLOCKS} as l on c.join_key_l = l.record_number
        inner join {LIVE_BLOCKS} as r
            on c.join_key_r = r.record_number and l.rule = r.rule and l.block = r.block
        group by all
    """)
    (total,) = one_row(connection, f"select count(*) from {CANDIDATES}")
    step = math.ceil(total / TRAINING_PAIRS)
    return agreement_patterns(connection, declaration, f"{WORK}.ruled", step=step)


def agreement_patterns(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, pairs: str, *, step: int
) -> Patterns:
    """Return the agreement patterns of pairs, of which one in `step` is looked at."""
    (total,) = one_row(connection, f"select count(*) from {pairs}")
    batches = max(1, math.ceil(total / step / BATCH_PAIRS))
    levels = ", ".join(
        f"cast(round(mw_{comparison.name}) as bigint) - 1 as {comparison.name}"
        for comparison in declaration.comparisons
    )
    names = ", ".join(comparison.name for comparison in declaration.comparisons)
    for batch in range(batches):
        connection.execute(f"""
            create or replace table {WORK}.pairs_to_score as
            select rules as match_key, join_key_l, join_key_r from {pairs}
            where hash(join_key_l, join_key_r) % {step * batches} = {batch}
        """)
        with linker(connection, splink_settings(declaration, None)) as (opened, api):
            opened.table_management.register_blocked_pairs_for_predict(
                api.register("pairs_to_score")
            )
            found = opened.inference.predict(warning_mode="never")
            connection.execute(
                f"create or replace table {WORK}.patterns_{batch} as "
                f"select {levels}, match_key, count(*) as n from {found.physical_name} group by all"
            )
            connection.execute(f"drop table {found.physical_name}")
    parts = " union all ".join(f"select * from {WORK}.patterns_{at}" for at in range(batches))
    rows = connection.execute(
        f"select {names}, cast(match_key as bigint), cast(sum(n) * {step} as bigint) "
        f"from ({parts}) group by all order by all"
    ).fetchall()
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(declaration.comparisons) + 2)
    return Patterns(
        levels=table[:, :-2], rules=table[:, -2], counts=table[:, -1].astype(np.float64)
    )

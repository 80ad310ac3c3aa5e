"""Candidates: the pairs of records that share a block which is not too large.

Too large is what has more than `block_limit` records, or what the largest blocks are where all
together would cost too much. Such a block is not compared; it is listed.
"""

from __future__ import annotations

import duckdb

from workspace.matching.blocking import BLOCK_SIZES, BLOCKS, Rule, rules_of
from workspace.matching.declaration import Declaration
from workspace.matching.records import RECORDS
from workspace.matching.working import WORK
from workspace.warehouse import one_row

TOO_LARGE = f"{WORK}.too_large"
LIVE_BLOCKS = f"{WORK}.live_blocks"
CANDIDATES = f"{WORK}.candidates"
# What may be spent on comparing: so many pairs for each record, and so many at any rate.
PAIRS_PER_RECORD = 20
LEAST_PAIRS = 2_000_000


def write_too_large(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, block_limit: int
) -> None:
    """Write the blocks that are not compared."""
    rules = rules_of(declaration)
    step = _affordable(connection, rules, block_limit)
    names = " ".join(f"when {number} then '{rule.name}'" for number, rule in enumerate(rules))
    connection.execute(f"""
        create or replace table {TOO_LARGE} as
        select rule, block, case rule {names or "when 0 then ''"} end as name,
            cast(block as varchar) as value, record_count
        from {BLOCK_SIZES}
        where {_size(rules)} > {block_limit} or {_step(rules)} > {step}
    """)


def _size(rules: tuple[Rule, ...]) -> str:
    """Return the SQL of a block's size, which counts more where its keys are weak.

    So the blocks of the weakest keys are given up first.
    """
    shares = " ".join(f"when {number} then {rule.share}" for number, rule in enumerate(rules))
    return f"record_count / case rule {shares or 'when 0 then 1'} end"


def _step(rules: tuple[Rule, ...]) -> str:
    """Return the SQL of a block's size in steps of a quarter of a doubling, rounded up.

    In steps, as a limit that moved each night would have most pairs scored again each night.
    """
    return f"ceil(4 * log2({_size(rules)}))"


def _affordable(
    connection: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], block_limit: int
) -> int:
    """Return the largest step of blocks whose pairs, with those of all lower ones, can be paid."""
    (found,) = one_row(
        connection,
        f"""
        with steps as (
            select {_step(rules)} as step, sum(record_count * (record_count - 1) / 2) as pairs
            from {BLOCK_SIZES} where {_size(rules)} <= {block_limit} group by step
        ),
        running as (select step, sum(pairs) over (order by step) as pairs from steps)
        select coalesce(max(step), 4) from running
        where pairs <= greatest(
            {LEAST_PAIRS}, {PAIRS_PER_RECORD} * (select count(*) from {RECORDS})
        )
        """,
    )
    return int(found)


def write_candidates(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    *,
    changed: str | None = None,
) -> int:
    """Write the pairs to compare, the lesser number first; return their count.

    With `changed` (a table of record_number) only pairs that one of these is part of.
    """
    apart = ""
    if declaration.apart_by:
        apart = (
            f"inner join {RECORDS} as x on x.record_number = l.record_number "
            f"inner join {RECORDS} as y on y.record_number = r.record_number "
            "and x.apart_by is distinct from y.apart_by"
        )
    touched = ""
    if changed:
        touched = (
            f"and (l.record_number in (select record_number from {changed}) "
            f"or r.record_number in (select record_number from {changed}))"
        )
    _write_live(connection, changed)
    connection.execute(f"""
        create or replace table {CANDIDATES} as
        select distinct l.record_number as join_key_l, r.record_number as join_key_r
        from {LIVE_BLOCKS} as l
        inner join {LIVE_BLOCKS} as r
            on l.rule = r.rule and l.block = r.block and l.record_number < r.record_number {touched}
        {apart}
    """)
    row = connection.execute(f"select count(*) from {CANDIDATES}").fetchall()
    return int(row[0][0])


def _write_live(connection: duckdb.DuckDBPyConnection, changed: str | None) -> None:
    """Write the rows of blocks with pairs to compare: of all, or of those with a changed record."""
    mine = (
        f"semi join (from {BLOCKS} where record_number in (select record_number from {changed})) "
        "as m on b.rule = m.rule and b.block = m.block"
    )
    connection.execute(f"""
        create or replace table {LIVE_BLOCKS} as
        select b.* from {BLOCKS} as b
        inner join {BLOCK_SIZES} as s on b.rule = s.rule and b.block = s.block
        {mine if changed else ""}
        anti join {TOO_LARGE} as t on b.rule = t.rule and b.block = t.block
    """)

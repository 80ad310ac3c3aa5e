"""Blocks: which pairs of records are compared at all, without ever comparing all with all.

Two records are compared where they share a strong key, two other keys of different fields, or one
that few records have. A block that is too large is not compared; it is listed. Too large is what
has more than `block_limit` records, or what the largest blocks are where all would cost too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.records import RECORDS
from workspace.matching.working import WORK
from workspace.warehouse import one_row

BLOCKS = f"{WORK}.blocks"
TOO_LARGE = f"{WORK}.too_large"
LIVE_BLOCKS = f"{WORK}.live_blocks"
CANDIDATES = f"{WORK}.candidates"
# The size of a block counts more the less its key says: an exact name or number, two keys
# together, one key alone.
TWO_SHARE = 0.5
ALONE_SHARE = 0.2
# What may be spent on comparing: so many pairs for each record, and so many at any rate.
PAIRS_PER_RECORD = 20
LEAST_PAIRS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One way to bring records together: the keys that two records must share."""

    name: str
    keys: tuple[str, ...]
    says: tuple[str, ...]
    is_strong: bool = False
    is_hard: bool = False
    share: float = 1.0


def rules_of(declaration: Declaration) -> tuple[Rule, ...]:
    """Return the blocking rules that follow from the keys of the fields."""
    strong = [key for _, key in declaration.keys if key.is_strong]
    weak = [(field, key) for field, key in declaration.keys if not key.is_strong]
    hard = {comparison.name for comparison in declaration.comparisons if comparison.is_hard}
    found = [
        Rule(
            name=key.name,
            keys=(key.sql,),
            says=key.says,
            is_strong=True,
            is_hard=hard.issuperset(key.says),
        )
        for key in strong
    ]
    found += [
        Rule(name=key.name, keys=(key.sql,), says=key.says, share=ALONE_SHARE)
        for _, key in weak
        if key.is_alone
    ]
    found += [
        Rule(
            name=f"{one.name} + {two.name}",
            keys=(one.sql, two.sql),
            says=one.says + two.says,
            share=TWO_SHARE,
        )
        for (field, one), (other, two) in combinations(weak, 2)
        if field != other
    ]
    found += [
        Rule(name=f"{key.name} twice", keys=(key.sql, key.sql), says=key.says, share=TWO_SHARE)
        for _, key in weak
        if "_codes" in key.sql
    ]
    return tuple(found)


def write_blocks(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, block_limit: int
) -> None:
    """Write (rule, key, record_number) for each block, and the blocks that are too large."""
    connection.execute(
        f"create or replace table {BLOCKS} (rule utinyint, block ubigint, record_number bigint)"
    )
    rules = rules_of(declaration)
    for number, rule in enumerate(rules):
        connection.execute(f"insert into {BLOCKS} {_block_rows(number, rule)}")
    shares = " ".join(f"when {number} then {rule.share}" for number, rule in enumerate(rules))
    connection.execute(f"""
        create or replace table {WORK}.block_sizes as
        select rule, block, count(*) as record_count,
            cast(ceil(count(*) / case rule {shares or "when 0 then 1"} end) as bigint) as size
        from {BLOCKS} group by rule, block having count(*) > 1
    """)
    limit = _affordable(connection, block_limit)
    connection.execute(f"""
        alter table {WORK}.block_sizes add column is_too_large boolean;
        update {WORK}.block_sizes set is_too_large = size > {limit};
    """)
    names = " ".join(f"when {number} then '{rule.name}'" for number, rule in enumerate(rules))
    connection.execute(f"""
        create or replace table {TOO_LARGE} as
        select case rule {names or "when 0 then ''"} end as name,
            cast(block as varchar) as value, record_count
        from {WORK}.block_sizes where is_too_large
    """)
    connection.execute(f"""
        create or replace table {LIVE_BLOCKS} as
        select b.* from {BLOCKS} as b
        inner join {WORK}.block_sizes as s on b.rule = s.rule and b.block = s.block
        where not s.is_too_large
    """)


def _affordable(connection: duckdb.DuckDBPyConnection, block_limit: int) -> int:
    """Return the largest size of blocks whose pairs, with those of all smaller ones, can be paid.

    The size of a block of weaker keys counts more, so that these are given up first.
    """
    (found,) = one_row(
        connection,
        f"""
        with sizes as (
            select size, sum(record_count * (record_count - 1) / 2) as pairs
            from {WORK}.block_sizes where size <= {block_limit} group by size
        ),
        running as (select size, sum(pairs) over (order by size) as pairs from sizes)
        select coalesce(max(size), 2) from running
        where pairs <= greatest(
            {LEAST_PAIRS}, {PAIRS_PER_RECORD} * (select count(*) from {RECORDS})
        )
        """,
    )
    return int(found)


def _block_rows(number: int, rule: Rule) -> str:
    """Return the query of one rule's blocks; a null key brings a record into no block."""
    if len(rule.keys) == 1:
        keys = f"select record_number, unnest({rule.keys[0]}) as a from {RECORDS}"
        return f"select distinct {number}, hash(a), record_number from ({keys}) where a is not null"
    first, second = rule.keys
    is_same = "a < b" if first == second else "true"
    return f"""
        select distinct {number}, hash(a, b), record_number from (
            select record_number, a, unnest(bs) as b from (
                select record_number, unnest({first}) as a, {second} as bs from {RECORDS}
            ) where a is not null
        ) where b is not null and {is_same}
    """


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

"""Blocks: what brings records together, without ever comparing all with all.

Two records are compared where they share a strong key, two other keys of different fields, or one
that few records have.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.records import without_fillers
from workspace.matching.working import KEPT, WORK

BLOCKS = f"{KEPT}.blocks"
BLOCK_SIZES = f"{KEPT}.block_sizes"
# The size of a block counts more the less its key says: an exact name or number, two keys
# together, one key alone.
TWO_SHARE = 0.5
ALONE_SHARE = 0.2


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
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    *,
    made_again: str | None = None,
) -> None:
    """Write (rule, block, record_number) of each block, and how many records it has.

    With `made_again` (a table of record_number) what is kept is brought up to date with these.
    """
    rules = rules_of(declaration)
    connection.execute(
        f"create or replace table {WORK}.of_block as {_blocked(declaration, made_again)}"
    )
    if made_again is None:
        connection.execute(
            f"create or replace table {BLOCKS} (rule utinyint, block ubigint, record_number bigint)"
        )
        _insert_blocks(connection, rules)
        connection.execute(f"create or replace table {BLOCK_SIZES} as {_sizes(BLOCKS)}")
    else:
        _replace_blocks(connection, rules, made_again)


def _blocked(declaration: Declaration, made_again: str | None) -> str:
    """Return the query of the records that are put into blocks: without fillers."""
    some = f" where n.record_number in (select record_number from {made_again})"
    return without_fillers(declaration) + (some if made_again else "")


def _insert_blocks(connection: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...]) -> None:
    for number, rule in enumerate(rules):
        connection.execute(f"insert into {BLOCKS} {_block_rows(number, rule)}")


def _replace_blocks(
    connection: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], made_again: str
) -> None:
    """Put records into their blocks of tonight, and count those blocks again."""
    inside = f"record_number in (select record_number from {made_again})"
    touched = f"select distinct rule, block from {BLOCKS} where {inside}"
    connection.execute(f"create or replace table {WORK}.touched as {touched}")
    connection.execute(f"delete from {BLOCKS} where {inside}")
    _insert_blocks(connection, rules)
    connection.execute(f"insert into {WORK}.touched {touched}")
    counted = f"(from {BLOCKS} semi join {WORK}.touched using (rule, block))"
    connection.execute(f"create or replace table {WORK}.touched_sizes as {_sizes(counted)}")
    connection.execute(f"""
        delete from {BLOCK_SIZES} as s using {WORK}.touched as t
            where s.rule = t.rule and s.block = t.block;
        insert into {BLOCK_SIZES} from {WORK}.touched_sizes;
    """)


def _sizes(blocks: str) -> str:
    """Return the query of the blocks with more than one record."""
    return (
        f"select rule, block, count(*) as record_count from {blocks} "
        "group by rule, block having count(*) > 1"
    )


def _block_rows(number: int, rule: Rule) -> str:
    """Return the query of one rule's blocks; a null key brings a record into no block."""
    if len(rule.keys) == 1:
        keys = f"select record_number, unnest({rule.keys[0]}) as a from {WORK}.of_block"
        return f"select distinct {number}, hash(a), record_number from ({keys}) where a is not null"
    first, second = rule.keys
    is_same = "a < b" if first == second else "true"
    return f"""
        select distinct {number}, hash(a, b), record_number from (
            select record_number, a, unnest(bs) as b from (
                select record_number, unnest({first}) as a, {second} as bs from {WORK}.of_block
            ) where a is not null
        ) where b is not null and {is_same}
    """

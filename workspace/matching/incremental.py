"""What has to be scored again since the night before, and what is taken over."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from workspace.matching.blocking import BLOCKS, rules_of
from workspace.matching.candidates import TOO_LARGE
from workspace.matching.declaration import Declaration
from workspace.matching.pairs import SCORED
from workspace.matching.records import PLACEHOLDERS, RECORDS, holders
from workspace.matching.working import WORK
from workspace.warehouse import one_row

BASIS = f"{WORK}.basis"
CHANGED = f"{WORK}.changed"


@dataclass(frozen=True, kw_only=True)
class Prior:
    """The night before, by relation names: its pairs, what they hung on, and what changed since.

    `changed` has a record_key of every record that is new or differs in a column compared.
    """

    pairs: str
    basis: str
    changed: str


def write_basis(connection: duckdb.DuckDBPyConnection, digest: str, *, has_blocks: bool) -> None:
    """Write what the pairs hang on besides their records."""
    blocks = (
        f"union all select 'block', name, value, record_count from {TOO_LARGE}"
        if has_blocks
        else ""
    )
    connection.execute(f"""
        create or replace table {BASIS} as
        select 'model' as kind, 'digest' as name, '{digest}' as value, 1::bigint as record_count
        union all select 'placeholder', name, value, record_count from {PLACEHOLDERS}
        {blocks}
    """)


def changed_records(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, prior: Prior
) -> str | None:
    """Write the records whose pairs are scored again; None where all must be.

    These are the records given, those with a value that became a filler or is none any more, and
    those of a block that grew too large or is small enough again.
    """
    (is_same,) = one_row(
        connection,
        f"select count(*) > 0 from {prior.basis} as b inner join {BASIS} as n "
        "on b.kind = n.kind and b.value = n.value where b.kind = 'model'",
    )
    if not is_same:
        return None
    _write_flipped(connection, prior)
    parts = [
        f"select n.record_number from {RECORDS} as n "
        f"where n.record_key in (select record_key from {prior.changed})",
        *holders(declaration, f"(from {WORK}.flipped where kind = 'placeholder')"),
    ]
    if one_row(connection, f"select count(*) from {WORK}.flipped where kind = 'block'")[0]:
        parts.append(_of_flipped_blocks(declaration))
    connection.execute(f"create or replace table {CHANGED} as {' union '.join(parts)}")
    return CHANGED


def _write_flipped(connection: duckdb.DuckDBPyConnection, prior: Prior) -> None:
    """Write the fillers and large blocks of one of the two nights only."""
    connection.execute(f"""
        create or replace table {WORK}.flipped as
        (select kind, name, value from {prior.basis} except
            select kind, name, value from {BASIS})
        union
        (select kind, name, value from {BASIS} except
            select kind, name, value from {prior.basis})
    """)


def _of_flipped_blocks(declaration: Declaration) -> str:
    """Return the SQL of the records in blocks that are large on one of the two nights only."""
    cases = " ".join(
        f"when '{rule.name}' then {number}" for number, rule in enumerate(rules_of(declaration))
    )
    return (
        f"select b.record_number from {BLOCKS} as b inner join {WORK}.flipped as f "
        f"on f.kind = 'block' and b.rule = case f.name {cases} end "
        "and b.block = try_cast(f.value as ubigint)"
    )


def take_over(connection: duckdb.DuckDBPyConnection, prior: Prior, changed: str) -> None:
    """List the pairs of before whose two records are still there and did not change."""
    connection.execute(f"""
        insert into {SCORED}
        select l.record_number, r.record_number, p.found_by,
            p.match_weight, p.match_probability, p.comparison
        from {prior.pairs} as p
        inner join {RECORDS} as l on p.record_key_l = l.record_key
        inner join {RECORDS} as r on p.record_key_r = r.record_key
        where l.record_number not in (select record_number from {changed})
            and r.record_number not in (select record_number from {changed})
    """)

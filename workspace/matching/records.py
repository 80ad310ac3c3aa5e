"""The records as they are compared: normalised, words weighed, fillers taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

import duckdb

from workspace.errors import TierwiseError
from workspace.matching.declaration import Declaration
from workspace.matching.model_file import MatchModel
from workspace.matching.shape import BITS_SCALE, RARE_BITS, WEIGHT_BITS
from workspace.matching.working import KEPT, WORK
from workspace.warehouse import one_row

RECORDS = f"{KEPT}.records"
NORMALISED = f"{WORK}.normalised"
PLACEHOLDERS = f"{WORK}.placeholders"


def check_keys(connection: duckdb.DuckDBPyConnection, records: str) -> int:
    """Return the number of records.

    Raises MATCH_RECORD_KEY where record_key is null or not unique.
    """
    total, known, distinct = one_row(
        connection,
        f"select count(*), count(record_key), count(distinct record_key) from {records}",
    )
    if total != known or total != distinct:
        cause = (
            f"Of {total} records {total - known} have no record_key, {known - distinct} repeat one."
        )
        raise TierwiseError("MATCH_RECORD_KEY", place=records, cause=cause)
    return int(total)


def complete(connection: duckdb.DuckDBPyConnection, declaration: Declaration, records: str) -> str:
    """Return a query of the records in which columns that they lack are null."""
    given = [row[0] for row in connection.execute(f"describe select * from {records}").fetchall()]
    missing = [column for column in declaration.columns if column not in given]
    return f"select *{''.join(f', null as {column}' for column in missing)} from {records}"


def normalise_records(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, source: str
) -> None:
    """Write the normalised records of a query that has record_number, record_key and the columns.

    record_number follows record_key, so that pairs and their order are the same on every machine.
    """
    connection.execute(f"""
        create or replace table {NORMALISED} as
        select record_number, record_key, {", ".join(_wanted(declaration))}
        from ({_layered(declaration, source)})
    """)


def _wanted(declaration: Declaration) -> list[str]:
    """Return the columns that something is done with, without those on the way to them."""
    shaped = [name for field in declaration.fields for name, _ in field.shape.columns]
    used = _used(declaration)
    return [name for name in shaped if name in used] + ["apart_by"] * bool(declaration.apart_by)


def _used(declaration: Declaration) -> frozenset[str]:
    """Return the names of all that is compared, blocked by, weighed or looked up."""
    used = {*declaration.words, *declaration.frequencies}
    texts = [level.sql for comparison in declaration.comparisons for level in comparison.levels]
    texts += [key.sql for _, key in declaration.keys]
    for field in declaration.fields:
        used |= {name for name in (field.shape.placeholder, field.shape.identifier) if name}
    for text in texts:
        for name in re.findall(r"\w+", text):
            used |= {name, name.removesuffix("_l"), name.removesuffix("_r")}
    return frozenset(used)


def _layered(declaration: Declaration, source: str) -> str:
    """Return the query of all columns: the first of each field, then the second, and so on.

    In layers each is computed once; an alias used within one select is computed at every use.
    """
    query = source
    for layer in zip_longest(*(field.shape.columns for field in declaration.fields)):
        added = ", ".join(f"{found[1]} as {found[0]}" for found in layer if found)
        query = f"select *, {added} from ({query})"
    if declaration.apart_by:
        query = f"select *, cast({declaration.apart_by} as varchar) as apart_by from ({query})"
    return query


def weighed(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, model: MatchModel | None
) -> str:
    """Return the query of the normalised records whose words have codes and values their shares."""
    joins, added = [], []
    for column in declaration.words if model else ():
        _write_codes(connection, column, model)
        joins.append(f"left join {WORK}.codes_{column} as c_{column} using (record_number)")
        added += [f"c_{column}.{part} as {column}_{part}" for part in ("codes", "bits", "rare")]
    for column in declaration.frequencies if model else ():
        other = _write_frequencies(connection, column, model)
        joins.append(
            f"left join {WORK}.frequency_{column} as f_{column} on n.{column} = f_{column}.value"
        )
        added.append(f"coalesce(f_{column}.share, {other}) as tf_{column}")
    return (
        f"select n.*{''.join(f', {column}' for column in added)} "
        f"from {NORMALISED} as n {' '.join(joins)}"
    )


def write_placeholders(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, limit: int
) -> None:
    """Write the values that more than `limit` records share: name of the field, value, count."""
    connection.execute(
        f"create or replace table {PLACEHOLDERS} (name varchar, value varchar, record_count bigint)"
    )
    for name, column, _ in _with_fillers(declaration):
        connection.execute(
            f"insert into {PLACEHOLDERS} select ?, {column}, count(*) "
            f"from {RECORDS} where {column} is not null group by {column} having count(*) > ?",
            [name, limit],
        )


def holders(declaration: Declaration, values: str) -> list[str]:
    """Return queries of the record_number that hold a value of the table `values` (name, value)."""
    return [
        f"select n.record_number from {RECORDS} as n inner join {values} as f "
        f"on f.name = '{name}' and f.value = n.{column}"
        for name, column, _ in _with_fillers(declaration)
    ]


def without_fillers(declaration: Declaration) -> str:
    """Return the query of the records in which a filler is null, as value and as identifier."""
    replaced, joins = [], []
    for name, column, identifier in _with_fillers(declaration):
        alias = f"filler_{name}"
        joins.append(
            f"left join {PLACEHOLDERS} as {alias} "
            f"on {alias}.name = '{name}' and n.{column} = {alias}.value"
        )
        replaced += [
            f"case when {alias}.value is null then n.{affected} end as {affected}"
            for affected in dict.fromkeys((column, identifier))
        ]
    replace = f" replace ({', '.join(replaced)})" if replaced else ""
    return f"select n.*{replace} from {RECORDS} as n {' '.join(joins)}"


def _with_fillers(declaration: Declaration) -> Iterator[tuple[str, str, str]]:
    """Yield field, column of its value and column of its exact key, where there can be fillers."""
    for field in declaration.fields:
        column = field.shape.placeholder
        if column:
            yield field.name, column, field.shape.identifier or column


def _write_codes(
    connection: duckdb.DuckDBPyConnection, column: str, model: MatchModel | None
) -> None:
    """Write codes of words, rarest first: a hash whose low bits are the word's weight."""
    assert model is not None
    weights = model.words[column]
    connection.execute(f"create or replace table {WORK}.weights (word varchar, weight bigint)")
    if weights.values:
        connection.execute(
            f"insert into {WORK}.weights select unnest(?::varchar[]), unnest(?::bigint[])",
            [list(weights.values), list(weights.values.values())],
        )
    connection.execute(f"""
        create or replace table {WORK}.codes_{column} as
        with exploded as (
            select record_number, unnest({column}) as word from {NORMALISED}
        ),
        weighed as (
            select record_number, word, coalesce(weight, {weights.other}) as weight
            from exploded left join {WORK}.weights using (word)
        ),
        coded as (
            select record_number, word, weight,
                cast(hash(word) % {1 << (62 - WEIGHT_BITS)} as bigint) * {1 << WEIGHT_BITS} + weight
                    as code
            from weighed
        )
        select
            record_number,
            list(code order by weight desc, word) as codes,
            list(code order by weight desc, word)
                filter (where weight >= {weights.other - RARE_BITS * BITS_SCALE}) as rare,
            cast(sum(weight) as bigint) as bits
        from coded group by record_number
    """)


def _write_frequencies(
    connection: duckdb.DuckDBPyConnection, column: str, model: MatchModel | None
) -> float:
    assert model is not None
    found = model.frequencies[column]
    table = f"{WORK}.frequency_{column}"
    connection.execute(f"create or replace table {table} (value varchar, share double)")
    if found.values:
        connection.execute(
            f"insert into {table} select unnest(?::varchar[]), unnest(?::double[])",
            [list(found.values), list(found.values.values())],
        )
    return found.other

"""The records as they are compared: numbered, normalised, words weighed, fillers taken out."""

from __future__ import annotations

from itertools import zip_longest

import duckdb

from workspace.errors import TierwiseError
from workspace.matching.declaration import Declaration
from workspace.matching.model_file import MatchModel
from workspace.matching.shape import BITS_SCALE, RARE_BITS, WEIGHT_BITS
from workspace.matching.working import WORK
from workspace.warehouse import one_row

RECORDS = f"{WORK}.matched_records"
PLACEHOLDERS = f"{WORK}.placeholders"


def normalise_records(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    records: str,
    *,
    placeholder_above: int,
) -> int:
    """Write the normalised records, and the values that too many share; return their count.

    record_number follows record_key, so that pairs and their order are the same on every machine.
    Raises MATCH_RECORD_KEY where record_key is null or not unique.
    """
    given = [row[0] for row in connection.execute(f"describe select * from {records}").fetchall()]
    missing = [column for column in declaration.columns if column not in given]
    source = f"select *{''.join(f', null as {column}' for column in missing)} from {records}"
    _check_keys(connection, records)
    connection.execute(f"""
        create or replace table {WORK}.normalised as
        select row_number() over (order by record_key) as record_number, record_key,
            {", ".join(_names(declaration))}
        from ({_layered(declaration, source)})
    """)
    _write_placeholders(connection, declaration, placeholder_above)
    return int(one_row(connection, f"select count(*) from {WORK}.normalised")[0])


def _extras(declaration: Declaration) -> tuple[tuple[str, str], ...]:
    found = []
    if declaration.delivered:
        found.append(("delivered_record_key", declaration.delivered))
    if declaration.apart_by:
        found.append(("apart_by", f"cast({declaration.apart_by} as varchar)"))
    return tuple(found)


def _names(declaration: Declaration) -> list[str]:
    shaped = [name for field in declaration.fields for name, _ in field.shape.columns]
    return [*shaped, *(name for name, _ in _extras(declaration))]


def _layered(declaration: Declaration, source: str) -> str:
    """Return the query of all columns: the first of each field, then the second, and so on.

    In layers each is computed once; an alias used within one select is computed at every use.
    """
    fields = [field.shape.columns for field in declaration.fields] + [_extras(declaration)]
    query = source
    for layer in zip_longest(*fields[:-1]):
        added = ", ".join(f"{found[1]} as {found[0]}" for found in layer if found)
        query = f"select *, {added} from ({query})"
    extras = "".join(f", {sql} as {name}" for name, sql in fields[-1])
    return f"select *{extras} from ({query})"


def _check_keys(connection: duckdb.DuckDBPyConnection, records: str) -> None:
    total, known, distinct = one_row(
        connection,
        f"select count(*), count(record_key), count(distinct record_key) from {records}",
    )
    if total != known or total != distinct:
        cause = (
            f"Of {total} records {total - known} have no record_key, {known - distinct} repeat one."
        )
        raise TierwiseError("MATCH_RECORD_KEY", place=records, cause=cause)


def _write_placeholders(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, limit: int
) -> None:
    connection.execute(
        f"create or replace table {PLACEHOLDERS} (name varchar, value varchar, record_count bigint)"
    )
    for field in declaration.fields:
        if field.shape.placeholder:
            column = field.shape.placeholder
            connection.execute(
                f"insert into {PLACEHOLDERS} select ?, {column}, count(*) "
                f"from {WORK}.normalised where {column} is not null "
                f"group by {column} having count(*) > ?",
                [field.name, limit],
            )


def weigh_records(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, model: MatchModel | None
) -> None:
    """Write the records that Splink compares: fillers are null, words have codes, values shares."""
    replaced, joins, added = [], [], []
    for field in declaration.fields:
        if field.shape.placeholder:
            column, alias = field.shape.placeholder, f"filler_{field.name}"
            joins.append(
                f"left join {PLACEHOLDERS} as {alias} "
                f"on {alias}.name = '{field.name}' and n.{column} = {alias}.value"
            )
            affected = dict.fromkeys((column, field.shape.identifier or column))
            replaced += [
                f"case when {alias}.value is null then n.{name} end as {name}" for name in affected
            ]
    for column in declaration.words if model else ():
        _write_codes(connection, column, model)
        joins.append(f"left join {WORK}.codes_{column} as c_{column} using (record_number)")
        added += [f"c_{column}.codes as {column}_codes", f"c_{column}.bits as {column}_bits"]
        added.append(f"c_{column}.rare as {column}_rare")
    for column in declaration.frequencies if model else ():
        other = _write_frequencies(connection, column, model)
        joins.append(
            f"left join {WORK}.frequency_{column} as f_{column} on n.{column} = f_{column}.value"
        )
        added.append(f"coalesce(f_{column}.share, {other}) as tf_{column}")
    replace = f"replace ({', '.join(replaced)})" if replaced else ""
    connection.execute(f"""
        create or replace table {RECORDS} as
        select n.* {replace}{"".join(f", {column}" for column in added)}
        from {WORK}.normalised as n {" ".join(joins)}
    """)


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
            select record_number, unnest({column}) as word from {WORK}.normalised
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

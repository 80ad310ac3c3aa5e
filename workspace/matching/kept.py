"""Records as they are compared, kept from night to night: a night prepares what it has not seen.

What becomes of a record hangs on its values, the declaration and the model. So it is kept beside
a hash of the values, and made again where the hash is another one. What is kept may be deleted at
any time: everything is then made again, and what comes out is the same.
"""

from __future__ import annotations

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.model_file import MatchModel
from workspace.matching.records import (
    PLACEHOLDERS,
    RECORDS,
    check_keys,
    complete,
    holders,
    normalise_records,
    weighed,
    write_placeholders,
)
from workspace.matching.working import KEPT, WORK
from workspace.warehouse import one_row, row_count

TONIGHT = f"{WORK}.tonight"
MADE_AGAIN = f"{WORK}.made_again"
FILLERS = f"{KEPT}.fillers"
WHOLE = f"{KEPT}.whole"
STALE, FRESH = f"{WORK}.stale", f"{WORK}.fresh"
# Between two record numbers there is room for later ones.
STEP = 1 << 20
# Above this share of new or changed records it takes less time to begin anew.
ANEW_SHARE = 0.2


def prepare_records(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    records: str,
    model: MatchModel | None,
    *,
    digest: str,
    placeholder_above: int,
) -> tuple[int, str | None]:
    """Bring the records as they are compared up to date.

    Returns their count, and the table with record_number of those that are not as they were
    kept, gone ones among them; None where all were made anew. What is kept counts only after
    `finish` has said so. Raises MATCH_RECORD_KEY.
    """
    count = check_keys(connection, records)
    _write_tonight(connection, declaration, records)
    is_kept = _is_whole(connection, digest) and _write_difference(connection, count)
    connection.execute(f"create or replace table {WHOLE} (digest varchar)")
    source = complete(connection, declaration, records)
    if is_kept:
        _renew(connection, declaration, source, model)
    else:
        numbered = f"row_number() over (order by record_key) * {STEP}"
        source = f"select *, {numbered} as record_number from ({source})"
        normalise_records(connection, declaration, source)
        connection.execute(
            f"create or replace table {RECORDS} as select w.*, t.content "
            f"from ({weighed(connection, declaration, model)}) as w "
            f"inner join {TONIGHT} as t using (record_key)"
        )
    write_placeholders(connection, declaration, placeholder_above)
    if is_kept:
        _write_made_again(connection, declaration)
    connection.execute(f"create or replace table {FILLERS} as from {PLACEHOLDERS}")
    return count, MADE_AGAIN if is_kept else None


def finish(connection: duckdb.DuckDBPyConnection, digest: str) -> None:
    """Say that all of what is kept belongs together."""
    connection.execute(f"insert into {WHOLE} values (?)", [digest])


def _write_tonight(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration, records: str
) -> None:
    """Write key, delivered record and hash of values of each record.

    Where a record was delivered is no value of it: a full delivery is another file each night.
    """
    values = [name for name in declaration.columns if name not in declaration.delivered_columns]
    texts = ", ".join(f"coalesce(cast({name} as varchar), chr(30))" for name in values)
    connection.execute(f"""
        create or replace table {TONIGHT} as
        select record_key, {declaration.delivered or "null"} as delivered_record_key,
            md5_number(concat_ws(chr(31), {texts or "''"})) as content
        from ({complete(connection, declaration, records)})
    """)


def _is_whole(connection: duckdb.DuckDBPyConnection, digest: str) -> bool:
    """Say whether all that is kept is of this model and declaration, and was finished."""
    there = connection.execute(
        "select true from duckdb_tables() where table_name = 'whole' "
        f"and '{KEPT}' in (database_name, schema_name)"
    ).fetchall()
    if not there:
        return False
    return connection.execute(f"select digest from {WHOLE}").fetchall() == [(digest,)]


def _write_difference(connection: duckdb.DuckDBPyConnection, count: int) -> bool:
    """Write the records that are kept and no more, and those to be made with their numbers.

    A changed record keeps its number. Returns False where it is better to begin anew.
    """
    same = "t.record_key = r.record_key and t.content = r.content"
    connection.execute(f"""
        create or replace table {STALE} as
        select r.record_number, r.record_key from {RECORDS} as r anti join {TONIGHT} as t on {same};
        create or replace table {FRESH} as
        select t.record_key, t.content, s.record_number
        from {TONIGHT} as t anti join {RECORDS} as r on {same}
        left join {STALE} as s on t.record_key = s.record_key
    """)
    if row_count(connection, FRESH) + row_count(connection, STALE) > ANEW_SHARE * count:
        return False
    (is_any_new,) = one_row(connection, f"select count(*) > count(record_number) from {FRESH}")
    return not is_any_new or _number_new(connection)


def _number_new(connection: duckdb.DuckDBPyConnection) -> bool:
    """Number new records so that numbers go on following keys; False where there is no room."""
    connection.execute(f"""
        create or replace table {WORK}.placed as
        with new as (select record_key from {FRESH} where record_number is null),
        known as (select record_key, record_number from {RECORDS}),
        between_two as (
            select new.record_key, coalesce(lesser.record_number, 0) as low,
                greater.record_number as high
            from new
            asof left join known as lesser on new.record_key >= lesser.record_key
            asof left join known as greater on new.record_key <= greater.record_key
        ),
        counted as (
            select *, row_number() over (partition by low order by record_key) as place,
                count(*) over (partition by low) as neighbours
            from between_two
        )
        select record_key, coalesce((high - low) // (neighbours + 1), {STEP}) as room,
            low + room * place as record_number
        from counted
    """)
    connection.execute(
        f"update {FRESH} as f set record_number = p.record_number "
        f"from {WORK}.placed as p where f.record_key = p.record_key"
    )
    return bool(one_row(connection, f"select min(room) > 0 from {WORK}.placed")[0])


def _renew(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    source: str,
    model: MatchModel | None,
) -> None:
    """Take out what is no more as it was, and put in what is made for tonight."""
    connection.execute(
        f"delete from {RECORDS} where record_number in (select record_number from {STALE})"
    )
    if row_count(connection, FRESH) == 0:
        return
    numbered = f"inner join {FRESH} as f using (record_key)"
    fresh = f"select r.*, f.record_number from ({source}) as r {numbered}"
    normalise_records(connection, declaration, fresh)
    connection.execute(
        f"insert into {RECORDS} by name select w.*, f.content "
        f"from ({weighed(connection, declaration, model)}) as w {numbered}"
    )


def _write_made_again(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> None:
    """Write the records taken out or put in, and the holders of what became a filler or is none."""
    connection.execute(f"""
        create or replace table {WORK}.other_fillers as
        (select name, value from {FILLERS} except select name, value from {PLACEHOLDERS})
        union (select name, value from {PLACEHOLDERS} except select name, value from {FILLERS})
    """)
    parts = [f"select record_number from {STALE}", f"select record_number from {FRESH}"]
    parts += holders(declaration, f"{WORK}.other_fillers")
    connection.execute(f"create or replace table {MADE_AGAIN} as {' union '.join(parts)}")

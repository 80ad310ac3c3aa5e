"""Keys of an extract: absent ones, rows that repeat, and rows that contradict each other."""

from __future__ import annotations

import duckdb

from workspace.config.source_file import Extract, SourceFile
from workspace.ingest.control import add_faults, add_skips, drop_booked, table_of
from workspace.ingest.parsing import identifier, literal


def book_keys(connection: duckdb.DuckDBPyConnection, source: SourceFile, name: str) -> None:
    """Book null keys, identical and superseded duplicates (skips), and conflicting ones."""
    extract, typed = source.extracts[name], table_of(source.system, name)
    drop_booked(connection, source.system, name)
    for column in extract.key:
        faults = f"""
            select _file, _record, 'ROW_KEY_NULL' as code, {literal(column)} as column_name,
                'The key is absent' as detail
            from {typed} where {identifier(column)} is null
        """
        add_faults(connection, source.system, name, faults)
    drop_booked(connection, source.system, name)
    connection.execute(f"create or replace temp table _duplicates as {_duplicates(extract, typed)}")
    faults = f"""
        select _file, _record, 'ROW_KEY_DUP' as code,
            {literal(", ".join(extract.key))} as column_name,
            'Rows with the key ' || _key || ' contradict each other' as detail
        from _duplicates where _conflicts
    """
    add_faults(connection, source.system, name, faults)
    skips = """
        select _file, _record,
            case when _content = _kept_content then 'ROW_DUPLICATE: identical row'
                else 'ROW_SUPERSEDED: a newer row has the key' end as reason
        from _duplicates where not _conflicts and _rank > 1
    """
    add_skips(connection, source.system, name, skips)
    connection.execute("drop table _duplicates")


def _duplicates(extract: Extract, typed: str) -> str:
    """Return SQL for the rows whose key stands more than once.

    The newest row, or any of identical ones, ranks first and is kept. Rows contradict each other
    when one as new as the kept one differs from it; then no row of the key can be trusted.
    """
    by_key = ", ".join(identifier(column) for column in extract.key)
    # An absent value has a mark of its own: (a, null, b) is not (a, b, null).
    values = ", ".join(
        f"coalesce(cast({identifier(column)} as varchar), chr(30))" for column in extract.columns
    )
    stamp = identifier(extract.latest_by) if extract.latest_by else "null"
    newest = f"{stamp} desc nulls last, " if extract.latest_by else ""
    return f"""
        with repeating as (
            select t.*, md5(concat_ws(chr(31), {values})) as _content, {stamp} as _stamp
            from {typed} as t
            semi join (select {by_key} from {typed} group by all having count(*) > 1)
                using ({by_key})
        ),

        ranked as (
            select
                *,
                row_number() over by_age as _rank,
                first_value(_content) over by_age as _kept_content,
                first_value(_stamp) over by_age as _kept_stamp
            from repeating
            window by_age as (partition by {by_key} order by {newest}_content, _file, _record)
        )

        select
            _file, _record, _content, _kept_content, _rank,
            concat_ws(' · ', {by_key}) as _key,
            max(
                case when _stamp is not distinct from _kept_stamp and _content <> _kept_content
                    then 1 else 0 end
            ) over (partition by {by_key}) = 1 as _conflicts
        from ranked
    """

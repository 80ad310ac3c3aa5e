"""Keys that were given out anew since they were last delivered, however long ago that was.

What stewards decided about the records of such a key was about what it meant then, and lapses.
"""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from models.matching.reuse import recycled
from workspace.matching.legal_forms import LEGAL_FORMS

# What names an object, and the numbers that only one has.
NAMES = {
    "customer": ("customer_name", ("tax_number", "duns_number", "gln")),
    "product": ("product_name", ("gtin", "manufacturer_part_number")),
    "site": ("site_name", ("gln",)),
    "supplier": ("supplier_name", ("tax_number", "duns_number")),
}
# New, back again, or other than in the release before.
CHANGED = """
    create or replace temp table changed_{object_type} as
    select tonight.record_key, tonight.fields, before.fields as fields_before
    from fields_{object_type} as tonight
    left join prior.match_records as before
        on before.object_type = tonight.object_type and before.record_key = tonight.record_key
    where before.fields is distinct from tonight.fields or not before.is_delivered
"""
# A key that is not delivered is remembered: it may come back as another thing. Of what was divested
# the key is, and nothing else.
REMEMBERED = """
    create or replace temp table remembered_{object_type} as
    with divested as (
        select declared.golden_id
        from control.entity_declarations as declared
        cross join night.parameters as parameters
        where declared.declaration = 'divest' and declared.object_type = '{object_type}'
            and declared.effective_date <= parameters.business_date
    ),

    gone as (
        select namespace || ':' || source_key as record_key
        from prior.golden_xref
        where object_type = '{object_type}'
        group by namespace, source_key
        having max_by(golden_id, valid_from) in (from divested)
    ),

    every as (
        select *, true as is_delivered from fields_{object_type}
        union all by name
        select
            before.* exclude (lapsed_sequence)
            replace (
                false as is_delivered,
                case when gone.record_key is null then before.fields else '{{}}' end as fields
            )
        from prior.match_records as before
        anti join fields_{object_type} as tonight on before.record_key = tonight.record_key
        left join gone on before.record_key = gone.record_key
        where before.object_type = '{object_type}'
    )

    select every.*, lapsed.lapsed_sequence
    from every left join lapsed_{object_type} as lapsed using (record_key)
"""
# All that the ledger said of a key until it was given out anew was said of another thing.
LAPSED = """
    create or replace temp table lapsed_{object_type} as
    select record_key, (select max(ledger_seq) from control.match_decisions) as lapsed_sequence
    from keys_anew
    union all
    select record_key, lapsed_sequence
    from prior.match_records anti join keys_anew using (record_key)
    where object_type = '{object_type}' and lapsed_sequence is not null
"""
STANDING = """
    select record_key_l, record_key_r, decision, ledger_seq, reason
    from control.match_decisions as said
    where object_type = $object_type and coalesce(effective_date, $day) <= $day
        and not exists (
            select 1 from lapsed_{object_type} as lapsed
            where lapsed.record_key in (said.record_key_l, said.record_key_r)
                and said.ledger_seq <= lapsed.lapsed_sequence
        )
"""


def write_changed(connection: duckdb.DuckDBPyConnection, object_type: str) -> None:
    """Write changed_<object>: the records that are not as the release before knows them.

    Reads fields_<object>.
    """
    connection.execute(CHANGED.format(object_type=object_type))


def keys_given_anew(connection: duckdb.DuckDBPyConnection, object_type: str) -> pl.DataFrame:
    """Return record_key of tonight's records whose key meant another thing when last delivered.

    Reads changed_<object>.
    """
    name, identifiers = NAMES[object_type]
    found = recycled(
        _values(connection, object_type, "fields"),
        _values(connection, object_type, "fields_before"),
        name=name,
        identifiers=identifiers,
        ignored=LEGAL_FORMS,
    )
    return found.select("record_key")


def write_lapsed(
    connection: duckdb.DuckDBPyConnection, object_type: str, anew: pl.DataFrame
) -> None:
    """Write lapsed_<object>: the keys given out anew, and the last entry that was of before."""
    connection.register("keys_anew", anew)
    connection.execute(LAPSED.format(object_type=object_type))
    connection.unregister("keys_anew")


def standing_decisions(
    connection: duckdb.DuckDBPyConnection, object_type: str, day: date
) -> pl.DataFrame:
    """Return what stewards have decided of the records of an object, and holds on the day.

    Reads lapsed_<object>.
    """
    query = STANDING.format(object_type=object_type)
    return connection.sql(query, params={"object_type": object_type, "day": day}).pl()


def remember(connection: duckdb.DuckDBPyConnection, object_type: str) -> None:
    """Write remembered_<object>, the rows of golden.match_records: every key there ever was.

    Reads fields_<object> and lapsed_<object>.
    """
    connection.execute(REMEMBERED.format(object_type=object_type))


def _values(connection: duckdb.DuckDBPyConnection, object_type: str, side: str) -> pl.DataFrame:
    """Return the name and the identifiers of the records that changed, as they are or were."""
    name, identifiers = NAMES[object_type]
    columns = ", ".join(
        f"json_extract_string({side}, '$.{column}') as {column}" for column in (name, *identifiers)
    )
    changed = f"from changed_{object_type} where fields_before is not null"
    return connection.sql(f"select record_key, {columns} {changed}").pl()

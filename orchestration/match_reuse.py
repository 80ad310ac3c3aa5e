"""Keys that were given out anew since they were last delivered, however long ago that was."""

from __future__ import annotations

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
# A key that is not delivered is remembered: it may come back as another thing.
REMEMBERED = """
    create or replace temp table remembered_{object_type} as
    select *, true as is_delivered from fields_{object_type}
    union all by name
    select before.* replace (false as is_delivered)
    from prior.match_records as before
    anti join fields_{object_type} as tonight on before.record_key = tonight.record_key
    where before.object_type = '{object_type}'
"""


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


def remember(connection: duckdb.DuckDBPyConnection, object_type: str) -> None:
    """Write remembered_<object>, the rows of golden.match_records: every key there ever was."""
    connection.execute(REMEMBERED.format(object_type=object_type))


def _values(connection: duckdb.DuckDBPyConnection, object_type: str, side: str) -> pl.DataFrame:
    """Return the name and the identifiers of the records that changed, as they are or were."""
    name, identifiers = NAMES[object_type]
    columns = ", ".join(
        f"json_extract_string({side}, '$.{column}') as {column}" for column in (name, *identifiers)
    )
    changed = f"from changed_{object_type} where fields_before is not null"
    return connection.sql(f"select record_key, {columns} {changed}").pl()

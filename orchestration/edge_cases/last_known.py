"""What was known last of a value: tonight, in what the release before carried, or in its features.

The release before carries it for units whose value was missing then, too (`before`). Of all others
it stood in the features of that release.
"""

from __future__ import annotations

import duckdb

from workspace.config.fallback_file import AttributeLadder
from workspace.ingest.parsing import literal
from workspace.table_contract import feature_table
from workspace.units import UNIT_KINDS, unit_key
from workspace.warehouse import one_row

# What the release before has of the feature; in place of a value that it did not trust the last one
# that was.
RELEASED = """
    left join (
        select
            {key} as unit_id,
            case when t.unit_id is null then f.{column}
                else cast(t.trusted_value as {data_type}) end as value
        from prior.{table} as f
        left join (
            select unit_id, any_value(trusted_value) as trusted_value
            from prior.dq_metric_trust
            where unit_type = {unit} and column_name = {column_name} and not is_trusted
            group by unit_id
        ) as t on t.unit_id = {key}
    ) as released on released.unit_id = i.unit_id
"""


def last_known(
    connection: duckdb.DuckDBPyConnection, stated: AttributeLadder, own_day: str, data_type: str
) -> tuple[str, str, str]:
    """Write what was known last, the day of it, and the join that they need."""
    key, column = UNIT_KINDS[stated.unit].key, stated.column
    (before,) = one_row(connection, "select max(as_of_date) from prior.segment_assignment")
    last_night = f"date {literal(before.isoformat())}" if before else "null"
    released = RELEASED.format(
        key=unit_key(key, "f"),
        table=feature_table(key, column).table,
        column=column,
        data_type=data_type,
        unit=literal(stated.unit),
        column_name=literal(column),
    )
    value = (
        f"case when i.{column} is not null then i.{column} "
        f"when before.unit_id is not null then cast(before.last_known_value as {data_type}) "
        "else released.value end"
    )
    day = (
        f"cast(case when i.{column} is not null then {own_day} "
        "when before.unit_id is not null then before.last_known_date "
        f"when released.value is not null then {last_night} end as date)"
    )
    return value, day, released

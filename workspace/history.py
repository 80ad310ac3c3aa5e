"""Which partitions of the delivered history a backfill must refuse, by that history's audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

AUDIT = "control.history_integrity_audit"


@dataclass(frozen=True, kw_only=True)
class RefusedPartition:
    """One calendar month of one extract; of one item's lines alone where `object_key` is given."""

    system: str
    extract: str
    month: date
    object_key: str | None
    kinds: tuple[str, ...]


def refused_partitions(
    connection: duckdb.DuckDBPyConnection, table: str = AUDIT
) -> list[RefusedPartition]:
    """Return the months that a blocking finding touches, ordered; no other may be refused.

    In a release the table is `history_integrity_audit`.
    """
    rows = connection.execute(
        f"""
        select system, extract, cast(month as date), nullif(object_key, '(all)'),
            list(distinct kind order by kind)
        from (
            select *, unnest(generate_series(
                date_trunc('month', period_start_date), period_end_date, interval 1 month
            )) as month
            from {table} where is_blocking
        )
        group by system, extract, month, object_key
        order by system, extract, month, object_key
        """
    ).fetchall()
    return [
        RefusedPartition(
            system=system, extract=extract, month=month, object_key=key, kinds=tuple(kinds)
        )
        for system, extract, month, key, kinds in rows
    ]

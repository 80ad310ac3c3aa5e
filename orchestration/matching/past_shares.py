"""Shares of the past of customers that were split, as a table that facts are read through."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from models.matching.past_shares import RATE, Split, past_shares
from workspace.given_rows import arrow_table, create_from
from workspace.warehouse import write_by_contract

TABLE = "golden.int_past_shares"
DECLARED = """
    select record_keys, other_record_keys, effective_date, share_rate
    from control.entity_declarations
    cross join night.parameters
    where declaration = 'split' and object_type = 'customer' and share_rate is not null
        and effective_date <= business_date
    order by effective_date, ledger_seq
"""
NAMED = """
    select record_key, golden_id from golden.int_records_matched
    where object_type = 'customer' and list_contains($keys, record_key)
"""
COLUMNS = {
    **dict.fromkeys(("record_key", "heir"), pa.string()),
    **dict.fromkeys(("ordered_from", "ordered_to"), pa.date32()),
    **dict.fromkeys(("low_rate", "high_rate"), pa.decimal128(13, 12)),
}
SHARES = """
    select
        own.namespace, own.source_key, s.ordered_from, s.ordered_to, s.low_rate, s.high_rate,
        heir.golden_id as customer_id
    from shares_of_the_past as s
    join golden.int_records_matched as own
        on own.object_type = 'customer' and own.record_key = s.record_key
    join golden.int_records_matched as heir
        on heir.object_type = 'customer' and heir.record_key = s.heir
"""


def write_past_shares(connection: duckdb.DuckDBPyConnection) -> int:
    """Write golden.int_past_shares by the declarations in effect; return its row count."""
    declared = [
        (json.loads(staying), json.loads(leaving), day, rate)
        for staying, leaving, day, rate in connection.execute(DECLARED).fetchall()
    ]
    keys = sorted({key for staying, leaving, *_ in declared for key in (*staying, *leaving)})
    ids = dict(connection.execute(NAMED, {"keys": keys}).fetchall())
    splits = [split for row in declared if (split := _split(*row, ids)) is not None]
    rows = [
        (s.record_key, s.heir, s.ordered_from, s.ordered_to, s.low, s.high)
        for s in past_shares(splits)
    ]
    create_from(connection, "shares_of_the_past", arrow_table(COLUMNS, rows), is_temporary=True)
    return write_by_contract(connection, TABLE, SHARES)


def _split(
    staying: list[str], leaving: list[str], day: Any, rate: float, ids: dict[str, str]
) -> Split | None:
    """Return a split of the records that are there tonight; None where it splits nothing."""
    stays, leaves = ([key for key in keys if key in ids] for keys in (staying, leaving))
    if not stays or not leaves or ids[min(stays)] == ids[min(leaves)]:
        return None
    share = Decimal(str(rate)).quantize(RATE)
    return Split(staying=stays, leaving=leaves, day=day, share=share)

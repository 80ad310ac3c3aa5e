"""The ledger as a night sees it: read once, at the opening, so that all of it is of one moment."""

from __future__ import annotations

import duckdb

from workspace.folder import Folder
from workspace.ledger.row_decisions import in_force, land_row_decisions
from workspace.ledger.store import read_ledger
from workspace.ledger.verification import Verification, release_witness, require_sound, verify
from workspace.releases import Release
from workspace.warehouse import one_row


def land_ledger(
    connection: duckdb.DuckDBPyConnection, home: Folder, previous: Release | None
) -> Verification:
    """Create night.ledger and control.row_decisions from the ledger.

    Raises LEDGER_DAMAGED when an entry is not as it was recorded, or the ledger is not the one
    that the previous release was published with: decisions would be lost without a word.
    """
    witnesses = [release_witness(previous)] if previous else []
    with read_ledger(home) as ledger:
        # A decision may be recorded in between; both queries must see the same entries.
        ledger.connection.execute("begin")
        verification = verify(ledger, witnesses)
        require_sound(home, verification)
        land_row_decisions(connection, in_force(ledger.read()))
    connection.execute("create schema if not exists night")
    connection.execute(
        "create or replace table night.ledger as select ? as head, ?::bigint as entry_count",
        [verification.head, verification.entry_count],
    )
    return verification


def ledger_read(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Return head and number of entries of the ledger that the night did read."""
    head, entries = one_row(connection, "select head, entry_count from night.ledger")
    return str(head), int(entries)

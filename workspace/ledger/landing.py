"""The ledger as a night sees it: read once, at the opening, so that all of it is of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb

from workspace.folder import Folder
from workspace.ledger import (
    attribute_decisions,
    entity_declarations,
    match_decisions,
    row_decisions,
)
from workspace.ledger.chain import Entry
from workspace.ledger.decided_rows import land_decided
from workspace.ledger.store import read_ledger
from workspace.ledger.verification import Verification, release_witness, require_sound, verify
from workspace.releases import Release
from workspace.warehouse import one_row

DECIDED = (
    row_decisions.TABLE,
    match_decisions.TABLE,
    entity_declarations.TABLE,
    attribute_decisions.TABLE,
)


def land_ledger(
    connection: duckdb.DuckDBPyConnection, home: Folder, previous: Release | None
) -> Verification:
    """Create night.ledger, and the tables of what is decided, from the ledger.

    Raises LEDGER_DAMAGED when an entry is not as it was recorded, or the ledger is not the one
    that the previous release was published with: decisions would be lost without a word.
    """
    witnesses = [release_witness(previous)] if previous else []
    with read_ledger(home) as ledger:
        # A decision may be recorded in between; both queries must see the same entries.
        ledger.connection.execute("begin")
        verification = verify(ledger, witnesses)
        require_sound(home, verification)
        land_decisions(connection, ledger.read)
    connection.execute("create schema if not exists night")
    connection.execute(
        "create or replace table night.ledger as select ? as head, ?::bigint as entry_count",
        [verification.head, verification.entry_count],
    )
    return verification


def land_decisions(
    connection: duckdb.DuckDBPyConnection,
    read: Callable[[], Iterable[Entry]] = lambda: (),
) -> None:
    """Create the tables of what is decided; `read` gives the ledger's entries, each time anew."""
    rows = row_decisions.in_force(read())
    land_decided(connection, row_decisions.TABLE, rows, row_decisions.RowDecision)
    standing = entity_declarations.declarations(read())
    land_decided(connection, entity_declarations.TABLE, standing, entity_declarations.Declaration)
    pairs = [
        *match_decisions.match_decisions(read()),
        *entity_declarations.on_records(standing),
    ]
    land_decided(connection, match_decisions.TABLE, pairs, match_decisions.MatchDecision)
    values = attribute_decisions.attribute_decisions(read())
    land_decided(
        connection, attribute_decisions.TABLE, values, attribute_decisions.AttributeDecision
    )


def ledger_read(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Return head and number of entries of the ledger that the night did read."""
    head, entries = one_row(connection, "select head, entry_count from night.ledger")
    return str(head), int(entries)

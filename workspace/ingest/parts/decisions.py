"""What stewards decided about single records, as far as a part is concerned."""

from __future__ import annotations

import duckdb

# Record number, ROW_ code or * for the whole record, confirm or dismiss, and what is said of it.
Decision = tuple[int, str, str, str]


def decisions_of(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Decision, ...]]:
    """Return the decisions in force on the records of each file, by its hash."""
    found: dict[str, list[Decision]] = {}
    for sha256, *decision in connection.execute(
        """
        select file_sha256, record_number, code, decision,
            'DISMISSED: ' || reason || ' (ledger ' || ledger_seq || ')'
        from control.row_decisions order by all
        """
    ).fetchall():
        found.setdefault(sha256, []).append(tuple(decision))
    return {sha256: tuple(decided) for sha256, decided in found.items()}

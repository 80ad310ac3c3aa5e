"""The ledger's file: SQLite, written by one statement for each event, kept through a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.ledger.chain import EMPTY_LEDGER, Entry, Event, Stored, entry_hash, read_event

# Seconds that one writer waits for another.
PATIENCE_SECONDS = 10.0

# The triggers stop a slip of the hand; what they cannot stop, the chain shows.
SCHEMA = """
create table if not exists entries (
    sequence integer primary key, previous_hash text not null, event text not null,
    hash text not null unique
) strict;
create trigger if not exists entries_are_not_changed before update on entries
begin select raise(abort, 'the ledger is append-only'); end;
create trigger if not exists entries_are_not_deleted before delete on entries
begin select raise(abort, 'the ledger is append-only'); end;
"""


class Ledger:
    """An open ledger; use `open_ledger` or `read_ledger` to get one."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        """Keep the connection and the file that errors name."""
        self.file = file
        self.connection = connection
        connection.text_factory = bytes

    def append(self, event: Event) -> Entry:
        """Record an event; when this returns, it is on the disk.

        Raises SYS_DISK_FULL or LEDGER_UNWRITABLE; the ledger is then as it was before.
        """
        try:
            self.connection.execute("begin immediate")
            try:
                sequence, previous_hash = self._last()
                text = event.text()
                entry = Entry(
                    sequence=sequence + 1, hash=entry_hash(previous_hash, text), event=event
                )
                self.connection.execute(
                    "insert into entries values (?, ?, ?, ?)",
                    (entry.sequence, previous_hash, text.decode(), entry.hash),
                )
                self.connection.execute("commit")
            except sqlite3.Error:
                if self.connection.in_transaction:
                    self.connection.execute("rollback")
                raise
        except sqlite3.Error as error:
            raise _refusal(self.file, error) from error
        return entry

    def read(self) -> Iterator[Entry]:
        """Return all entries, the first one first."""
        for sequence, _, text, stored_hash in self.stored():
            yield Entry(sequence=sequence, hash=stored_hash.decode(), event=read_event(text))

    def stored(self) -> Iterator[Stored]:
        """Return all entries as they are stored; raises LEDGER_DAMAGED when that fails."""
        try:
            yield from self.connection.execute(
                "select sequence, previous_hash, coalesce(cast(event as blob), x''), hash "
                "from entries order by sequence"
            )
        except sqlite3.Error as error:
            raise _damaged(self.file, error) from error

    def head(self) -> str:
        """Return the hash of the last entry."""
        try:
            return self._last()[1]
        except sqlite3.Error as error:
            raise _damaged(self.file, error) from error

    def _last(self) -> tuple[int, str]:
        found = self.connection.execute(
            "select sequence, hash from entries order by sequence desc limit 1"
        ).fetchone()
        return (found[0], found[1].decode()) if found else (0, EMPTY_LEDGER)


def ledger_file(home: Folder) -> Path:
    """Return where a workspace keeps its ledger."""
    return home.root / "ledger" / "events.sqlite"


@contextmanager
def open_ledger(home: Folder) -> Iterator[Ledger]:
    """Open the ledger for writing; the first event makes the file."""
    file = ledger_file(home)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=PATIENCE_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _refusal(file, error) from error
    with closing(connection):
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise _refusal(file, error) from error
        yield Ledger(file, connection)


@contextmanager
def read_ledger(home: Folder) -> Iterator[Ledger]:
    """Open the ledger for reading; one that does not exist yet reads as empty."""
    file = ledger_file(home)
    if not file.exists():
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.executescript(SCHEMA)
            yield Ledger(file, connection)
        return
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise _damaged(file, error) from error
    with closing(connection):
        yield Ledger(file, connection)


def ledger_head(home: Folder) -> str:
    """Return the head of a workspace's ledger."""
    with read_ledger(home) as ledger:
        return ledger.head()


def _refusal(file: Path, error: Exception) -> TierwiseError:
    """Return why an event was not recorded."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        cause = "There is no room to record the decision, and it has not been recorded."
        return TierwiseError("SYS_DISK_FULL", place=str(file), cause=cause)
    if getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return _damaged(file, error)
    cause = f"The decision has not been recorded: {error}."
    return TierwiseError("LEDGER_UNWRITABLE", place=str(file), cause=cause)


def _damaged(file: Path, error: Exception) -> TierwiseError:
    return TierwiseError("LEDGER_DAMAGED", place=str(file), cause=f"It cannot be read: {error}.")

"""Ways to falsify a ledger behind its back; each says which entry it spoiled."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from workspace.folder import Folder
from workspace.ledger.chain import EMPTY_LEDGER, Event, entry_hash
from workspace.ledger.store import Ledger, open_ledger
from workspace.ledger.verification import Witness

Row = tuple[int, str, str, str]
Tamper = Callable[[list[Row], random.Random], tuple[Sequence[tuple], int]]
UNGUARDED = "create table entries (sequence, previous_hash, event, hash)"


def decision(number: int) -> Event:
    """Return an event like those that a steward's decision leaves."""
    return Event(
        kind="row_dismissed",
        actor="Ada Byron",
        at=f"2026-06-30T10:{number % 60:02}:00+00:00",
        reason=f"Record {number} is a test order.",
        subject={"file_sha256": "ab" * 32, "record_number": number},
    )


def recorded(folder: Path, count: int, *, kept_at: tuple[int, ...]) -> tuple[Folder, list[Witness]]:
    """Record events; return where, and the heads that were kept elsewhere after some of them."""
    home = Folder(root=folder)
    kept = []
    with open_ledger(home) as ledger:
        for number in range(1, count + 1):
            entry = ledger.append(decision(number))
            if number in kept_at:
                witness = Witness(name=f"night {number}", head=entry.hash, entry_count=number)
                kept.append(witness)
    return home, kept


def rows_of(home: Folder) -> list[Row]:
    """Return the ledger's rows."""
    with sqlite3.connect(home.root / "ledger" / "events.sqlite") as connection:
        return connection.execute("select * from entries order by sequence").fetchall()


def forged(rows: Sequence[tuple]) -> Ledger:
    """Return a ledger that holds these rows and has none of the guards."""
    connection = sqlite3.connect(":memory:")
    connection.execute(UNGUARDED)
    connection.executemany("insert into entries values (?, ?, ?, ?)", rows)
    return Ledger(Path("events.sqlite"), connection)


def edit(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Change one letter of one entry."""
    at = chance.randrange(len(rows))
    sequence, previous, text, own = rows[at]
    place = chance.randrange(len(text))
    letter = "x" if text[place] != "x" else "y"
    rows[at] = (sequence, previous, text[:place] + letter + text[place + 1 :], own)
    return rows, at + 1


def edit_and_hash(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Change one entry and its own hash, but not those that follow."""
    at = chance.randrange(len(rows))
    sequence, previous, text, _ = rows[at]
    changed = text.replace("Ada", "Bob")
    rows[at] = (sequence, previous, changed, entry_hash(previous, changed.encode()))
    return rows, at + 1


def empty(rows: list[Row], chance: random.Random) -> tuple[Sequence[tuple], int]:
    """Replace the text of one entry by nothing at all."""
    at = chance.randrange(len(rows))
    emptied = (*rows[at][:2], None, rows[at][3])
    return [*rows[:at], emptied, *rows[at + 1 :]], at + 1


def delete(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Take one entry out and leave its number vacant."""
    at = chance.randrange(len(rows))
    return rows[:at] + rows[at + 1 :], at + 1


def delete_and_number(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Take one entry out and number the rest anew."""
    kept, spoiled = delete(rows, chance)
    return [(n, *row[1:]) for n, row in enumerate(kept, start=1)], spoiled


def swap(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Let two entries change places."""
    one, two = sorted(chance.sample(range(len(rows)), 2))
    rows[one], rows[two] = (one + 1, *rows[two][1:]), (two + 1, *rows[one][1:])
    return rows, one + 1


def insert(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Put an entry of our own in, rightly hashed, and number the rest anew."""
    at = chance.randrange(len(rows))
    previous = rows[at - 1][3] if at else EMPTY_LEDGER
    text = decision(999).text()
    row = (0, previous, text.decode(), entry_hash(previous, text))
    grown = [*rows[:at], row, *rows[at:]]
    return [(n, *r[1:]) for n, r in enumerate(grown, start=1)], at + 1


def truncate(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Cut the newest entries off."""
    kept = chance.randrange(len(rows))
    return rows[:kept], kept + 1


def rewrite(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Change an entry and hash all that follow anew: the chain holds."""
    at = chance.randrange(len(rows))
    rows[at] = (at + 1, "", rows[at][2].replace("Ada", "Bob"), "")
    return _hashed(rows), at + 1


def rewrite_and_append(rows: list[Row], chance: random.Random) -> tuple[list[Row], int]:
    """Take an entry out, hash the rest anew, and fill up to the old length."""
    kept, spoiled = delete(rows, chance)
    return _hashed([*kept, (0, "", decision(998).text().decode(), "")]), spoiled


def _hashed(rows: list[Row]) -> list[Row]:
    head, found = EMPTY_LEDGER, []
    for number, (_, _, text, _) in enumerate(rows, start=1):
        own = entry_hash(head, text.encode())
        found.append((number, head, text, own))
        head = own
    return found


TAMPERS: dict[str, Tamper] = {
    tamper.__name__: tamper
    for tamper in (
        edit,
        edit_and_hash,
        empty,
        delete,
        delete_and_number,
        swap,
        insert,
        truncate,
        rewrite,
        rewrite_and_append,
    )
}

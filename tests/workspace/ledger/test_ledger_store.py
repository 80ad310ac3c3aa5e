from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.ledger_tampers import decision
from workspace.errors import Exit, TierwiseError
from workspace.folder import Folder
from workspace.ledger.chain import EMPTY_LEDGER, Event, entry_hash
from workspace.ledger.store import ledger_file, ledger_head, open_ledger, read_ledger
from workspace.ledger.verification import verify


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(root=tmp_path)


def test_a_ledger_that_was_never_written_is_empty_and_makes_no_file(home: Folder) -> None:
    assert ledger_head(home) == EMPTY_LEDGER
    with read_ledger(home) as ledger:
        assert list(ledger.read()) == []
    assert not ledger_file(home).parent.exists()


def test_events_are_read_as_they_were_appended(home: Folder) -> None:
    event = Event(
        kind="row_confirmed",
        actor="Zoë “Z” Öz",
        at="2026-06-30T10:00:00+00:00",
        reason="Línea\twith a tab, a 漢字 and 🙂.",
        subject={"record_number": 1, "codes": ["ROW_CHECK"]},
    )
    with open_ledger(home) as ledger:
        first, second = ledger.append(event), ledger.append(decision(2))
    with read_ledger(home) as ledger:
        assert list(ledger.read()) == [first, second]
        assert [entry.sequence for entry in ledger.read()] == [1, 2]
    assert first.hash == entry_hash(EMPTY_LEDGER, event.text())
    assert ledger_head(home) == second.hash == entry_hash(first.hash, decision(2).text())


def test_the_text_of_an_event_depends_on_its_content_alone() -> None:
    one = Event(kind="k", actor="a", at="t", reason="r", subject={"x": 1, "y": [2]})
    other = Event(reason="r", at="t", actor="a", kind="k", subject={"y": [2], "x": 1})
    assert one.text() == other.text()
    assert one.text() == b'{"actor":"a","at":"t","kind":"k","reason":"r","subject":{"x":1,"y":[2]}}'


def test_entries_survive_without_the_files_beside_the_database_being_merged(home: Folder) -> None:
    """A copy taken while the ledger is open, as a backup might, has every acknowledged entry."""
    with open_ledger(home) as ledger:
        head = ledger.append(decision(1)).hash
        copy = Folder(root=home.root / "copy")
        ledger_file(copy).parent.mkdir(parents=True)
        for file in ledger_file(home).parent.iterdir():
            (ledger_file(copy).parent / file.name).write_bytes(file.read_bytes())
        assert ledger_head(copy) == head


def test_every_append_waits_for_the_disk(home: Folder) -> None:
    with open_ledger(home) as ledger:
        assert ledger.connection.execute("pragma synchronous").fetchone() == (2,)
        assert ledger.connection.execute("pragma journal_mode").fetchone() == (b"wal",)


def test_several_writers_make_one_chain(home: Folder) -> None:
    def append(number: int) -> int:
        with open_ledger(home) as ledger:
            return ledger.append(decision(number)).sequence

    with ThreadPoolExecutor(max_workers=8) as pool:
        numbers = list(pool.map(append, range(40)))
    assert sorted(numbers) == list(range(1, 41))
    with read_ledger(home) as ledger:
        found = verify(ledger, [])
    assert (found.entry_count, found.broken) == (40, None)


@pytest.mark.parametrize("statement", ["update entries set event = ''", "delete from entries"])
def test_the_database_itself_refuses_to_change_an_entry(home: Folder, statement: str) -> None:
    with open_ledger(home) as ledger:
        ledger.append(decision(1))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            ledger.connection.execute(statement)


def test_a_full_disk_refuses_the_entry_and_leaves_the_ledger_as_it_was(home: Folder) -> None:
    with open_ledger(home) as ledger:
        head = ledger.append(decision(1)).hash
        (pages,) = ledger.connection.execute("pragma page_count").fetchone()
        ledger.connection.execute(f"pragma max_page_count = {pages}")
        long = Event(**{**vars(decision(2)), "reason": "because " * 5_000})
        with pytest.raises(TierwiseError) as refused:
            ledger.append(long)
        assert ledger.head() == head
        assert ledger.append(decision(2)).sequence == 2
    assert (refused.value.code, refused.value.exit) == ("SYS_DISK_FULL", Exit.FAILED)
    assert "has not been recorded" in refused.value.cause
    with read_ledger(home) as ledger:
        assert verify(ledger, []).broken is None


def test_a_ledger_that_another_process_holds_is_waited_for_and_then_refused(home: Folder) -> None:
    with open_ledger(home) as ledger, open_ledger(home) as other:
        other.connection.execute("begin immediate")
        ledger.connection.execute("pragma busy_timeout = 10")
        with pytest.raises(TierwiseError) as refused:
            ledger.append(decision(1))
        assert refused.value.code == "LEDGER_UNWRITABLE"
        assert "locked" in refused.value.cause
        other.connection.execute("rollback")
        assert ledger.append(decision(1)).sequence == 1


def test_a_ledger_folder_that_cannot_be_made_is_refused(home: Folder) -> None:
    (home.root / "ledger").write_text("a file stands in its place")
    with pytest.raises(TierwiseError) as refused, open_ledger(home):
        pass
    assert refused.value.code == "LEDGER_UNWRITABLE"

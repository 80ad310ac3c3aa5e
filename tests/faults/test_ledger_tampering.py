"""Case 123: whatever is done to the ledger behind its back, `verify` names the first bad entry."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.ledger_tampers import TAMPERS, Row, forged, recorded, rows_of
from workspace.errors import TierwiseError
from workspace.ledger.store import ledger_file, open_ledger, read_ledger
from workspace.ledger.verification import Witness, verify

ENTRIES = 40
NIGHTS = (1, 7, 19, 20, 33, 40)
TRIES = 1_000


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A sound ledger's rows, and the heads that nights have published."""

    rows: list[Row]
    witnesses: list[Witness]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    home, witnesses = recorded(tmp_path_factory.mktemp("kept"), ENTRIES, kept_at=NIGHTS)
    return Kept(rows=rows_of(home), witnesses=witnesses)


def test_a_ledger_that_nobody_touched_verifies(kept: Kept) -> None:
    ledger = forged(kept.rows)
    with closing(ledger.connection):
        found = verify(ledger, kept.witnesses)
    assert found.broken is None
    assert (found.entry_count, found.head) == (ENTRIES, kept.rows[-1][3])


@pytest.mark.parametrize("name", TAMPERS)
def test_each_kind_of_tampering_is_found_and_placed(kept: Kept, name: str) -> None:
    for seed in range(TRIES // len(TAMPERS) + 1):
        rows, spoiled = TAMPERS[name](list(kept.rows), random.Random(seed))
        ledger = forged(rows)
        with closing(ledger.connection):
            broken = verify(ledger, kept.witnesses).broken
        assert broken is not None, (name, seed)
        assert broken.sequence in _named(name, spoiled), (name, seed, broken)


def _named(name: str, spoiled: int) -> range:
    """Return the numbers that may be named for an entry that was spoiled.

    Of an entry with a right hash of its own, only the last kept head before it says that it is not
    the one recorded, or the entry after it, which does not follow.
    """
    if name not in {"edit_and_hash", "insert", "rewrite", "rewrite_and_append"}:
        return range(spoiled, spoiled + 1)
    vouched = max((n for n in NIGHTS if n < spoiled), default=0)
    return range(vouched + 1, spoiled + 2)


def test_without_a_head_kept_elsewhere_truncation_and_rewriting_go_unseen(kept: Kept) -> None:
    unseen = set()
    for name, tamper in TAMPERS.items():
        rows, _ = tamper(list(kept.rows), random.Random(0))
        ledger = forged(rows)
        with closing(ledger.connection):
            if verify(ledger, []).broken is None:
                unseen.add(name)
    assert unseen == {"truncate", "rewrite", "rewrite_and_append"}


def test_one_bit_anywhere_in_an_entry_is_found(kept: Kept) -> None:
    chance = random.Random(3)
    for _ in range(TRIES):
        row = chance.randrange(ENTRIES)
        part = chance.choice([1, 2, 3])
        value = bytearray(str(kept.rows[row][part]).encode())
        value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
        spoiled: list[object] = list(kept.rows[row])
        spoiled[part] = bytes(value)
        rows: list[tuple] = [*kept.rows[:row], tuple(spoiled), *kept.rows[row + 1 :]]
        ledger = forged(rows)
        with closing(ledger.connection):
            broken = verify(ledger, kept.witnesses).broken
        assert broken is not None
        assert broken.sequence == row + 1


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    home, _ = recorded(tmp_path, 3, kept_at=())
    ledger_file(home).write_bytes(b"no database at all " * 300)
    for opened in (read_ledger, open_ledger):
        with pytest.raises(TierwiseError) as refused, opened(home) as ledger:
            ledger.head()
        assert refused.value.code == "LEDGER_DAMAGED"

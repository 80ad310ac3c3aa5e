"""A slice of the fuzzing that `make fuzz` does at length, and that its judge can fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from benchmarks.fuzz import fuzz, make
from benchmarks.fuzzing.corpus import DIALECTS, Dialect, sound_rows
from benchmarks.fuzzing.judging import Reader, open_reader
from benchmarks.fuzzing.planted import Planted
from benchmarks.fuzzing.seeded import plant


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    opened = open_reader(tmp_path_factory.mktemp("fuzz") / "company")
    yield opened
    opened.connection.close()


def test_two_hundred_mutated_files_crash_nothing_lose_nothing_and_hide_nothing(
    reader: Reader,
) -> None:
    assert fuzz(reader, 2026, range(200), None) == []
    assert reader.seen["planted"] > 50
    assert reader.seen["blind"] > 50
    assert reader.seen["loaded"] > 500


def test_a_seed_makes_the_same_file_again() -> None:
    one, other = make(7, 42), make(7, 42)
    assert (one.data, one.mutation) == (other.data, other.mutation)
    assert make(7, 43).data != one.data


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_sound_file_of_every_dialect_is_read_whole(reader: Reader, dialect: Dialect) -> None:
    rows = sound_rows(Random(3), dialect)
    sound = Planted(dialect=dialect, defect="none", data=dialect.write(rows), kept=rows)
    outcome = reader.judge(dialect, sound.data, sound)
    assert outcome.breach is None
    assert outcome.loaded == outcome.records == len(rows)


def test_a_defect_that_is_taken_in_silence_is_a_breach(reader: Reader) -> None:
    random, dialect = Random(5), DIALECTS[0]
    while (planted := plant(random, dialect)).row_codes != {"ROW_TYPE"}:
        pass
    assert reader.judge(dialect, planted.data, planted).breach is None
    sound = dialect.write(sound_rows(random, dialect))
    elsewhere = replace(planted, records=frozenset({n + 1 for n in planted.records}))
    other_code = replace(planted, row_codes=frozenset({"ROW_NUL"}))
    refused = replace(planted, file_codes=frozenset({"FILE_TRUNCATED"}))
    assert reader.judge(dialect, sound, planted).breach is not None
    for wrong in (elsewhere, other_code, refused, replace(planted, kept=planted.kept[:-1])):
        assert reader.judge(dialect, wrong.data, wrong).breach is not None
    assert reader.judge(dialect, b"", planted).breach is not None

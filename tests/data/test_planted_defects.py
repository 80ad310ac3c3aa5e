from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from data.generator.plan import Plan
from tests.data.delivered_text import DeliveredFile, contracts

KEYS = {
    f"{system}.{name}": extract.key
    for system, source in contracts().items()
    for name, extract in source.extracts.items()
}


@pytest.fixture(scope="module")
def planted(company: Path) -> dict[str, dict[int, str]]:
    table = pl.read_csv(company / "truth" / "defects.csv")
    codes: dict[str, dict[int, str]] = {}
    for file, number, code in table.select("file", "record_number", "code").iter_rows():
        codes.setdefault(file, {})[number] = code
    return codes


def parses(file: DeliveredFile, number: int) -> bool:
    try:
        return bool([file.value(name, text) for name, text in file.row(number).items()])
    except (ValueError, ArithmeticError):
        return False


def key(file: DeliveredFile, number: int) -> tuple[str, ...]:
    row = file.row(number)
    return tuple(row[column] for column in KEYS[file.extract])


def is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def same_key(file: DeliveredFile, number: int) -> int:
    first = file.fields(number)[0].encode()
    near = range(max(1, number - 1), min(len(file.lines), number + 1) + 1)
    return sum(file.lines[at - 1].startswith(first) for at in near)


SHOWS: dict[str, Callable[[DeliveredFile, int], bool]] = {
    "ROW_ARITY": lambda file, n: len(file.fields(n)) != len(file.header),
    "ROW_NUL": lambda file, n: b"\0" in file.lines[n - 1],
    "ROW_ENCODING": lambda file, n: not is_utf8(file.lines[n - 1]),
    "ROW_TOTAL_LINE": lambda file, n: file.fields(n)[0] == "TOTAL",
    "ROW_KEY_NULL": lambda file, n: "" in key(file, n),
    "ROW_TYPE": lambda file, n: not parses(file, n),
    "ROW_RANGE": lambda file, n: any(text.startswith("-") for text in file.fields(n)),
    "ROW_KEY_DUP": lambda file, n: same_key(file, n) >= 2,
    "ROW_DUPLICATE": lambda file, n: file.lines[n - 1] in file.lines[: n - 1],
    "ROW_UOM": lambda file, n: bool({"KAR", "CASE", "PAL", "BARREL"} & set(file.fields(n))),
    "ROW_ORPHAN": lambda file, n: "UNKNOWN-0000" in file.fields(n),
    "ROW_DATE_FUTURE": lambda file, n: any("203" in text[-4:] for text in file.fields(n)),
}


def test_every_planted_record_shows_its_defect(
    files: list[DeliveredFile], planted: dict[str, dict[int, str]]
) -> None:
    by_name = {file.name: file for file in files}
    for name, codes in planted.items():
        for number, code in codes.items():
            assert SHOWS[code](by_name[name], number), (name, number, code)


def test_every_kind_of_defect_is_planted(planted: dict[str, dict[int, str]]) -> None:
    assert {code for codes in planted.values() for code in codes.values()} == set(SHOWS)


def test_all_other_records_parse_and_have_a_key_of_their_own(
    files: list[DeliveredFile], planted: dict[str, dict[int, str]]
) -> None:
    for file in files:
        broken = planted.get(file.name, {})
        sound = [n for n in range(1, len(file.lines) + 1) if n not in broken]
        assert all(parses(file, number) for number in sound[:2_000]), file.name
        if file.extract != "crm.accounts":
            assert Counter(key(file, number) for number in sound).most_common(1)[0][1] == 1


def test_defects_stay_under_the_share_a_night_tolerates(
    company: Path, plan: Plan, planted: dict[str, dict[int, str]]
) -> None:
    counts = dict(pl.read_csv(company / "truth" / "files.csv").iter_rows())
    for name, codes in planted.items():
        quarantined = sum(code != "ROW_DUPLICATE" for code in codes.values())
        assert quarantined / counts[name] < 20 * plan.defect_share, name

"""The partition says of every unit what the database says, and proves only what is so."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.conditions import check_condition
from models.segmentation.partition.diagram import TooCostlyError
from models.segmentation.partition.exact import OPAQUE as OPAQUE_VALUES
from models.segmentation.partition.exact import Partition, partition
from models.segmentation.partition.predicate import Opaque, atoms, predicate
from tests.models.segmentation.condition_cases import (
    COLUMNS,
    OPAQUE,
    PLAIN,
    conditions,
    every_unit,
)

READ = ("units", "margin_amount", "cv_ratio", "line", "is_active")


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    every_unit(connection, *READ)
    connection.execute(
        "update items set launch_date = case item_id % 4 when 0 then null "
        "when 1 then date '2025-12-31' when 2 then date '2026-01-01' else date '2026-01-02' end"
    )
    return connection


def split(*texts: str) -> Partition:
    return partition([predicate(text, COLUMNS) for text in texts], COLUMNS)


@given(text=conditions(PLAIN | OPAQUE))
@settings(max_examples=120)
def test_a_cell_says_of_its_units_what_the_database_says(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    parts = split(text)
    pieces = [domain.piece_sql() for domain in parts.domains] + [
        f"case when {atom.sql} then 2 when not ({atom.sql}) then 1 else 0 end"
        for atom in parts.opaque
    ]
    shown = ", ".join([*pieces, f"({check_condition(text, columns=COLUMNS).sql})"])
    for row in connection.execute(f"select distinct {shown} from items").fetchall():
        assert parts.at(parts.truths[0], dict(enumerate(row[:-1]))) == row[-1], row


@given(text=conditions(PLAIN))
@settings(max_examples=40)
def test_an_example_lies_in_its_piece(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    for domain in split(text).domains:
        shown = [domain.example(piece) for piece in range(domain.size)]
        data_type = COLUMNS[domain.column]
        values = ", ".join(
            f"({n}, cast({'null' if value is None else repr(value)} as {data_type}))"
            for n, value in enumerate(shown)
        )
        rows = connection.execute(
            f"select n, {domain.piece_sql()} from (values {values}) as v(n, {domain.column})"
        ).fetchall()
        assert all(number == piece for number, piece in rows), (rows, shown)


@given(texts=st.lists(conditions(PLAIN | OPAQUE, leaves=3), min_size=2, max_size=2))
@settings(max_examples=60)
def test_what_is_found_is_so_and_what_is_not_found_is_nowhere(texts: list[str]) -> None:
    parts = split(*texts)
    first, second = parts.fires
    parts.diagrams.begin()
    found = parts.find([first], [second])
    cells = product(*(range(size) for size in parts.diagrams.sizes))
    shown = [
        cell
        for cell in (dict(enumerate(each)) for each in cells)
        if parts.at(first, cell) and not parts.at(second, cell)
    ]
    assert (found is None) == (not shown)
    if found is not None:
        full = dict.fromkeys(range(len(parts.diagrams.sizes)), 0) | dict(found.cell)
        assert full in shown or parts.completed(found) in shown
        known = range(len(parts.domains))
        guessed = len(OPAQUE_VALUES) ** len(parts.opaque)
        for_sure = {
            tuple(cell[level] for level in known)
            for cell in shown
            if sum(all(c[n] == cell[n] for n in known) for c in shown) == guessed
        }
        assert found.is_proven == bool(for_sure)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("units > 3 and units < 4", 3),  # no whole number lies between
        ("units >= 2.5 and units > 2", 3),  # the same place on the grid
        ("margin_amount = 1.00005", 3),  # no such decimal: only the place is split
        ("cv_ratio = 0.5", 4),
        ("units > 99999999999999999999", 2),  # beyond what a bigint holds
        ("line in ('a', 'b')", 4),
        ("line is null", 2),
        ("is_active", 3),
        ("launch_date > '2026-01-01' and launch_date < '2026-01-03'", 4),
    ],
)
def test_a_column_has_no_piece_without_a_value(text: str, pieces: int) -> None:
    assert [domain.size for domain in split(text).domains] == [pieces]


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        ("units * 2 + 1 > 5", "units > 2"),
        ("5 < 1 + 2 * units", "units > 2"),
        ("1 - units <= 0.5", "units >= 0.5"),
        ("units - 1 < 3 - units", "units < 2"),
        ("- cv_ratio >= 1", "cv_ratio <= -1"),
    ],
)
def test_a_line_of_one_column_is_solved(text: str, atom: str) -> None:
    both = split(text, atom)
    assert both.truths[0] == both.truths[1]


@pytest.mark.parametrize(
    "text",
    [
        "units > margin_amount",
        "units * units > 4",
        "cv_ratio * 2 > 1",  # doubles round
        "cv_ratio + 0.1 = 0.3",
        "units / 2 > 1",
        "coalesce(units, 0) = 0",
        "abs(units) = 1",
        "line < 'b'",
    ],
)
def test_what_is_not_understood_is_opaque(text: str) -> None:
    assert any(isinstance(atom, Opaque) for atom in atoms(predicate(text, COLUMNS)))


def test_an_opaque_comparison_and_its_opposite_are_one_unknown() -> None:
    parts = split("units > margin_amount", "units <= margin_amount", "margin_amount < units")
    assert len(parts.opaque) == 1
    assert parts.find([parts.fires[0], parts.fires[1]]) is None
    assert parts.truths[0] == parts.truths[2]


def test_a_condition_that_needs_too_many_steps_is_given_up() -> None:
    columns = {f"x{n}": "bigint" for n in range(14)} | {f"y{n}": "bigint" for n in range(14)}
    # Pairs of columns that are read far apart need a node for every set of the first.
    firsts = " or ".join(f"(x{n} = 0 and z = {n})" for n in range(14))
    text = " or ".join(f"(x{n} = 0 and y{n} = 0)" for n in range(14))
    parts = [predicate(each, columns | {"z": "bigint"}) for each in (firsts, text)]
    with pytest.raises(TooCostlyError):
        partition(parts, columns | {"z": "bigint"}, limit=20_000)

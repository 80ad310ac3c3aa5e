"""The flip of a table or tree: applied, it gives the segment it names, and nothing nearer does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.compile import compile_scheme
from models.segmentation.hit_policy import Hit, HitPolicy, Take
from models.segmentation.methods.decision_table import DecisionTable, TableRule
from models.segmentation.methods.decision_tree import DecisionTree, Fork, Leaf
from models.segmentation.methods.method import Method
from models.segmentation.partition.predicate import Atom, Opaque, atoms, columns_of, predicate
from models.segmentation.scheme import Rule
from tests.models.segmentation.condition_cases import COLUMNS, OPAQUE, PLAIN, conditions
from tests.models.segmentation.scheme_runs import scheme

# Every value beside a number that the conditions name, on the grid of its column.
BESIDE: dict[str, Sequence[str]] = {
    "units": ["-2", "-1", "0", "1", "2", "3"],
    "margin_amount": [
        "-2.5001", "-2.5", "-2.4999", "-0.3334", "-0.3333", "-0.0001", "0", "0.0001",
        "1.2499", "1.25", "1.2501", "1.9999", "2", "2.0001",
    ],
    "cv_ratio": [
        "-0.500000000001", "-0.5", "-0.499999999999", "-0.000000000001", "0", "0.000000000001",
        "0.499999999999", "0.5", "0.500000000001", "1.319999999999", "1.32", "1.320000000001",
    ],
}  # fmt: skip
POLICIES = st.sampled_from(
    [
        HitPolicy(hit=Hit.UNIQUE),
        HitPolicy(hit=Hit.ANY),
        HitPolicy(hit=Hit.PRIORITY, order=("A", "B", "C")),
        HitPolicy(hit=Hit.FIRST),
        HitPolicy(hit=Hit.RULE_ORDER, take=Take.FIRST),
        HitPolicy(hit=Hit.COLLECT, take=Take.MOST, order=("C", "B", "A")),
        HitPolicy(hit=Hit.COLLECT, take=Take.LOWEST, order=("A", "B", "C")),
    ]
)
TESTS = conditions(PLAIN | PLAIN | OPAQUE, leaves=3)
TABLES = st.builds(
    lambda lines, policy: DecisionTable(
        rules=tuple(
            TableRule(rule_id=f"r{n}", segment_id=segment, when=when)
            for n, (segment, when) in enumerate(lines)
        ),
        policy=policy,
    ),
    st.lists(st.tuples(st.sampled_from("ABC"), TESTS), min_size=2, max_size=5),
    POLICIES,
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """`items`: every combination of the values beside a cut, and null."""
    connection = duckdb.connect(config={"threads": 1})
    parts = []
    for name, values in BESIDE.items():
        listed = ", ".join(f"(cast({v} as {COLUMNS[name]}))" for v in ("null", *values))
        parts.append(f"(values {listed}) as v_{name}({name})")
    connection.execute(
        "create table items as select row_number() over () as item_id, "
        f"{', '.join(BESIDE)}, cast('pumps' as varchar) as line, "
        "cast('2026-01-01' as date) as launch_date, is_active, "
        "cast(1 as decimal(18,4)) as value_amount "
        f"from {', '.join(parts)}, (values (true), (null)) as v(is_active)"
    )
    return connection


def assigned(
    connection: duckdb.DuckDBPyConnection, method: Method, *first: Rule
) -> list[dict[str, Any]]:
    statement = compile_scheme(scheme(method, *first), "items", COLUMNS)
    rows = connection.execute(
        f"select items.*, result.* exclude (item_id) from ({statement}) as result "
        "join items using (item_id)"
    )
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def nearest(
    row: Mapping[str, Any],
    segment_at: Mapping[tuple[object, ...], str],
    largest: Mapping[str, float],
) -> tuple[str, Decimal] | None:
    """Try every value beside a cut; the least distance, then the first column, then the value."""
    tried = [
        (abs(float(value) - float(row[name])) / scale, place, value, name)
        for place, (name, scale) in enumerate(largest.items())
        if row[name] is not None
        for value in map(Decimal, BESIDE[name])
        if segment_at[_place({**row, name: value})] != row["segment_id"]
    ]
    return (min(tried)[3], min(tried)[2]) if tried else None


def _place(row: Mapping[str, Any]) -> tuple[object, ...]:
    numbers = [None if row[name] is None else round(float(row[name]), 12) for name in BESIDE]
    return (*numbers, row["is_active"])


def _scales(tests: Sequence[str]) -> dict[str, float]:
    """The columns that can flip, in order, each with its largest cut."""
    found = [atom for test in tests for atom in atoms(predicate(test, COLUMNS))]
    hidden = {name for atom in found if isinstance(atom, Opaque) for name in atom.columns}
    scales: dict[str, float] = {}
    for atom in found:
        if isinstance(atom, Atom) and atom.column in BESIDE and atom.column not in hidden:
            value = 0 if atom.value is None else abs(float(atom.value))
            scales[atom.column] = max(scales.get(atom.column, 0.0), value)
    return {name: scale or 1.0 for name, scale in scales.items()}


def check(connection: duckdb.DuckDBPyConnection, method: Method, tests: Sequence[str]) -> None:
    rows = assigned(connection, method)
    segment_at = {_place(row): row["segment_id"] for row in rows}
    largest = _scales(tests)
    for row in rows[:: max(1, len(rows) // 150)]:
        expected = nearest(row, segment_at, largest)
        if row["fallback_code"] is not None or expected is None:
            assert row["flip_column"] is None, row
            continue
        assert (row["flip_column"], row["flip_value"]) == (expected[0], float(expected[1])), row
        flipped = {**row, row["flip_column"]: row["flip_value"]}
        assert segment_at[_place(flipped)] == row["flip_segment_id"], row


@given(table=TABLES)
@settings(max_examples=40, deadline=None)
def test_the_flip_of_a_table_is_true_and_the_nearest(
    connection: duckdb.DuckDBPyConnection, table: DecisionTable
) -> None:
    assert set(table.reads) == {c for rule in table.rules for c in columns_of(rule.when)}
    check(connection, table, [rule.when for rule in table.rules])


@given(table=TABLES, when=TESTS)
@settings(max_examples=15, deadline=None)
def test_a_flip_into_a_first_rule_is_true_too(
    connection: duckdb.DuckDBPyConnection, table: DecisionTable, when: str
) -> None:
    rows = assigned(connection, table, Rule(rule_id="first", segment_id="new", when=when))
    segment_at = {_place(row): row["segment_id"] for row in rows}
    for row in rows[:: max(1, len(rows) // 150)]:
        if row["flip_column"] is not None:
            assert row["rule_id"] != "first"
            flipped = {**row, row["flip_column"]: row["flip_value"]}
            assert segment_at[_place(flipped)] == row["flip_segment_id"] != row["segment_id"], row


@given(tests=st.lists(TESTS, min_size=3, max_size=3))
@settings(max_examples=20, deadline=None)
def test_the_flip_of_a_tree_is_true_and_the_nearest(
    connection: duckdb.DuckDBPyConnection, tests: list[str]
) -> None:
    tree = DecisionTree(
        root=Fork(
            test=tests[0],
            yes=Fork(
                test=tests[1],
                yes=Leaf(leaf="a", segment_id="A"),
                no=Leaf(leaf="b", segment_id="B"),
                otherwise=Leaf(leaf="n", segment_id="C"),
            ),
            no=Fork(
                test=tests[2],
                yes=Leaf(leaf="c", segment_id="C"),
                no=Leaf(leaf="a2", segment_id="A"),
            ),
            otherwise=Leaf(leaf="o", segment_id="B"),
        )
    )
    check(connection, tree, tests)


@pytest.mark.parametrize(
    ("value", "tests", "flip"),
    [
        # The double next to the cut would be read as the cut itself.
        ("99999999999999.9999", ["big >= 99999999999999.9999", "true"], (99999999999999.98, "B")),
        ("5", ["big < 0", "true"], (-0.0001, "A")),
        ("5", ["big > 0 and big < 0.0001", "true"], None),  # no value lies there
    ],
)
def test_a_flip_is_a_value_that_the_column_takes_in_as_it_is(
    value: str, tests: list[str], flip: tuple[float, str] | None
) -> None:
    connection = duckdb.connect()
    connection.execute(
        "create table items (item_id bigint, big decimal(18,4), value_amount double)"
    )
    connection.execute(f"insert into items values (1, {value}, 0)")
    rules = [
        TableRule(rule_id=f"r{n}", segment_id="AB"[n], when=test) for n, test in enumerate(tests)
    ]
    table = DecisionTable(rules=tuple(rules), policy=HitPolicy(hit=Hit.FIRST))
    columns = {"item_id": "bigint", "big": "decimal(18,4)", "value_amount": "double"}
    statement = compile_scheme(scheme(table), "items", columns)
    found = connection.execute(f"select flip_value, flip_segment_id from ({statement})").fetchone()
    assert found == (flip or (None, None))

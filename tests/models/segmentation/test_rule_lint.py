"""What lint finds, each with a row that shows it, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.segmentation.conditions import check_condition
from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import Hit, HitPolicy, Take
from models.segmentation.lint import Code, Finding, LintedRule, RuleSet, lint
from models.segmentation.partition.exact import partition
from models.segmentation.partition.predicate import predicate
from tests.models.segmentation.condition_cases import COLUMNS, OPAQUE, PLAIN, conditions

Lines = Sequence[tuple[str, str]]
ORDER = ("A", "B", "C")
UNIQUE = HitPolicy(hit=Hit.UNIQUE, order=ORDER)
FIRST = HitPolicy(hit=Hit.FIRST, order=ORDER)
ANY = HitPolicy(hit=Hit.ANY, order=ORDER)
PRIORITY = HitPolicy(hit=Hit.PRIORITY, order=ORDER)
MOST = HitPolicy(hit=Hit.COLLECT, take=Take.MOST, order=ORDER)


def rules(lines: Lines, prefix: str = "r") -> tuple[LintedRule, ...]:
    return tuple(
        LintedRule(name=f"{prefix}{n}", when=predicate(when, COLUMNS), outcome={"segment": segment})
        for n, (segment, when) in enumerate(lines)
    )


def linted(lines: Lines, policy: HitPolicy, **more: Any) -> list[Finding]:
    return lint(RuleSet(rules=rules(lines), policy=policy, **more), COLUMNS)


def named(findings: Sequence[Finding]) -> list[tuple[Code, tuple[str, ...], bool]]:
    return [(finding.code, finding.rules, finding.is_proven) for finding in findings]


@pytest.mark.parametrize(
    ("lines", "policy", "expected"),
    [
        ([("A", "units > 2"), ("B", "units <= 2 or units is null")], UNIQUE, []),
        ([("A", "units > 2"), ("B", "units < 3 or units is null")], UNIQUE, []),  # whole numbers
        ([("A", "cv_ratio > 2"), ("B", "cv_ratio < 3")], UNIQUE,
         [(Code.OVERLAP, ("r0", "r1"), True), (Code.GAP_NULL, (), True)]),
        ([("A", "units > 2"), ("B", "units < 2")], UNIQUE, [(Code.GAP, (), True)]),
        ([("A", "units > 2"), ("B", "units <= 2")], UNIQUE, [(Code.GAP_NULL, (), True)]),
        ([("A", "units > 2 and units < 1"), ("B", "true")], UNIQUE,
         [(Code.UNREACHABLE, ("r0",), True)]),
        ([("A", "units > 2"), ("B", "units > 5"), ("C", "true")], FIRST,
         [(Code.UNREACHABLE, ("r1",), True)]),
        ([("A", "units > 2"), ("B", "units <= 5"), ("C", "units = 3"), ("C", "true")], FIRST,
         [(Code.UNREACHABLE, ("r2",), True)]),  # covered by two rules together
        ([("C", "units > 2"), ("A", "units > 1"), ("B", "true")], PRIORITY,
         [(Code.UNREACHABLE, ("r0",), True)]),
        ([("A", "units > 2"), ("A", "units > 5"), ("A", "true")], MOST, []),
        ([("A", "units > 2"), ("A", "units > 5"), ("A", "true")], ANY, []),
        ([("A", "units > 2"), ("B", "units > 5"), ("A", "true")], ANY,
         [(Code.CONFLICT, ("r0", "r1"), True), (Code.CONFLICT, ("r1", "r2"), True)]),
        # Of what is not understood nothing is said for sure.
        ([("A", "units > margin_amount"), ("B", "units > 2"), ("C", "true")], FIRST, []),
        ([("A", "units > margin_amount"), ("B", "units > 2")], UNIQUE,
         [(Code.OVERLAP, ("r0", "r1"), False), (Code.GAP, (), False)]),
        ([("A", "units > margin_amount"), ("B", "units <= margin_amount")], UNIQUE,
         [(Code.GAP_NULL, (), False)]),
    ],
)  # fmt: skip
def test_lint_finds_what_is_there(
    lines: Lines, policy: HitPolicy, expected: list[tuple[Code, tuple[str, ...], bool]]
) -> None:
    assert named(linted(lines, policy)) == expected


@pytest.mark.parametrize(
    ("lines", "policy", "monotone", "detail"),
    [
        ([("A", "units > 5"), ("B", "units > 2"), ("C", "true")], FIRST, {"units": "up"}, None),
        ([("A", "units > 5"), ("B", "units > 2"), ("C", "true")], FIRST, {"units": "down"},
         "units 3 gives B, and 6 gives A"),
        ([("A", "units = 3"), ("B", "units > 2"), ("C", "true")], FIRST, {"units": "up"},
         "units 3 gives A, and 4 gives B"),
        # A gap in between does not hide it.
        ([("A", "units = 3"), ("B", "units > 5")], UNIQUE, {"units": "up"},
         "units 3 gives A, and 6 gives B"),
        ([("A", "units > 2 and is_active"), ("B", "units > 2"), ("A", "line = 'pumps'"),
          ("C", "true")], FIRST, {"units": "up"}, "units 2 gives A, and 3 gives B"),
        ([("A", "units > 2"), ("B", "units > 4"), ("B", "units > 4"), ("C", "units is null")],
         MOST, {"units": "up"}, "units 3 gives A, and 5 gives B"),
        ([("A", "units > 2"), ("B", "units > 2 and line = 'pumps'")], ANY, {"units": "up"}, None),
        ([("A", "units > 2"), ("C", "true")], FIRST, {"margin_amount": "up"}, None),
    ],
)  # fmt: skip
def test_a_column_that_moves_units_the_wrong_way_is_found(
    lines: Lines, policy: HitPolicy, monotone: Mapping[str, str], detail: str | None
) -> None:
    found = [f for f in linted(lines, policy, monotone=monotone) if f.code is Code.NOT_MONOTONE]
    assert [f.detail for f in found] == ([] if detail is None else [detail])


def test_a_column_that_is_hidden_in_arithmetic_is_not_proven_monotone() -> None:
    lines = [("A", "units / margin_amount > 2"), ("B", "true")]
    found = linted(lines, FIRST, monotone={"units": "up"})
    assert named(found) == [(Code.UNPROVEN, (), False)]
    with pytest.raises(SchemeError, match="D has no place"):
        linted([("D", "units > 2")], FIRST, monotone={"units": "up"})


def test_first_rules_are_asked_before_all_others() -> None:
    first = rules([("new", "units < 3"), ("stopped", "units = 1")], "first")
    lines = [("A", "units = 2"), ("B", "units < 7"), ("C", "units < 4"), ("A", "units >= 7")]
    found = linted(lines, UNIQUE, first=first)
    assert named(found) == [
        (Code.UNREACHABLE, ("first1",), True),
        (Code.UNREACHABLE, ("r0",), True),
        (Code.OVERLAP, ("r1", "r2"), True),
        (Code.GAP_NULL, (), True),
    ]
    assert found[2].witness == {"units": "3"}


def test_a_cell_that_gets_two_outcomes_for_one_output_is_a_contradiction() -> None:
    lines = (("MTO", "0", "line = 'pumps'"), ("MTS", "0", "units > 2"), ("MTS", "9", "units > 5"))
    stated = tuple(
        LintedRule(
            name=f"r{n}",
            when=predicate(when, COLUMNS),
            outcome={"segment": "A", "made": made, "safety_units": units},
        )
        for n, (made, units, when) in enumerate(lines)
    )
    found = lint(RuleSet(rules=stated, policy=FIRST), COLUMNS)
    shown = [f for f in found if f.code is Code.CONTRADICTION]
    assert [f.rules for f in shown] == [("r0", "r1"), ("r0", "r2"), ("r1", "r2")]
    assert shown[0].detail == "both are true, and made is MTO and MTS"
    assert shown[0].witness == {"line": "pumps", "units": "3"}


def test_a_set_that_costs_too_much_to_prove_is_a_finding() -> None:
    pairs = [(f"x{n}", f"y{n}") for n in range(24)]
    columns = {name: "bigint" for x, y in reversed(pairs) for name in (x, y)}
    stated = tuple(
        LintedRule(
            name=f"r{n}",
            when=predicate(
                f"({x} > 0 and {pairs[(n * 7) % 24][1]} > 0 and z <> {n})",
                columns | {"z": "bigint"},
            ),
            outcome={"segment": "ABC"[n % 3]},
        )
        for n, (x, _) in enumerate(pairs)
    )
    rule_set = RuleSet(rules=stated, policy=FIRST, monotone={"x0": "up"})
    found = lint(rule_set, columns | {"z": "bigint"}, limit=20_000)
    unproven = [f for f in found if f.code is Code.UNPROVEN]
    assert unproven
    assert all("after 20,000 steps" in f.detail and not f.is_refused for f in unproven)


def test_a_set_that_costs_too_much_to_run_is_refused() -> None:
    lines = [("A", f"units = {n} or cv_ratio = {n}") for n in range(130)]
    found = linted(lines, MOST)
    assert (Code.TOO_COSTLY, True) in {(f.code, f.is_refused) for f in found}
    assert "248 boxes" in found[-1].detail


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@given(
    lines=st.lists(
        st.tuples(st.sampled_from(ORDER), conditions(PLAIN | OPAQUE, leaves=3)),
        min_size=2,
        max_size=4,
    )
)
@settings(max_examples=50)
def test_a_witness_shows_to_the_database_what_was_proven(
    connection: duckdb.DuckDBPyConnection, lines: Lines
) -> None:
    for finding in linted(lines, UNIQUE):
        if not finding.is_proven or finding.code is Code.UNREACHABLE:
            continue
        values = ", ".join(
            f"cast({'null' if (v := finding.witness.get(name)) is None else repr(v)} as {kind}) "
            f"as {name}"
            for name, kind in COLUMNS.items()
        )
        tests = ", ".join(
            f"coalesce({check_condition(when, columns=COLUMNS).sql}, false)" for _, when in lines
        )
        row = connection.execute(f"select {tests} from (select {values})").fetchone()
        assert row is not None
        fired = {f"r{n}" for n, is_true in enumerate(row) if is_true}
        assert set(finding.rules) <= fired if finding.rules else not fired


@given(
    lines=st.lists(
        st.tuples(st.sampled_from(ORDER), conditions(PLAIN, leaves=3)), min_size=2, max_size=4
    )
)
@settings(max_examples=40)
def test_nothing_is_overlooked_where_all_is_understood(
    connection: duckdb.DuckDBPyConnection, lines: Lines
) -> None:
    """Every combination of representative values is asked of the database."""
    findings = linted(lines, UNIQUE)
    domains = partition([predicate(when, COLUMNS) for _, when in lines], COLUMNS).domains
    sources = [
        "(values "
        + ", ".join(
            f"(cast({'null' if (v := d.example(p)) is None else repr(v)} as {COLUMNS[d.column]}))"
            for p in range(d.size)
        )
        + f") as v{n}({d.column})"
        for n, d in enumerate(domains)
    ]
    tests = ", ".join(
        f"coalesce({check_condition(when, columns=COLUMNS).sql}, false)" for _, when in lines
    )
    rows = connection.execute(
        f"select distinct {tests} {'from ' + ', '.join(sources) if sources else ''}"
    ).fetchall()
    fired = [{f"r{n}" for n, is_true in enumerate(row) if is_true} for row in rows]
    overlaps = {
        pair
        for pair in combinations([f"r{n}" for n in range(len(lines))], 2)
        if any(set(pair) <= each for each in fired)
    }
    assert {f.rules for f in findings if f.code is Code.OVERLAP} == overlaps
    assert any(f.code in {Code.GAP, Code.GAP_NULL} for f in findings) == (set() in fired)
    dead = {(f"r{n}",) for n in range(len(lines)) if not any(f"r{n}" in each for each in fired)}
    assert {f.rules for f in findings if f.code is Code.UNREACHABLE} == dead

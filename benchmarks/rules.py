"""A decision table of many rules over a million units: classified, and told what would flip it.

`python -m benchmarks.rules [--units 1000000] [--rules 50] [--columns 10]`. It stands beside the
bare CASE statement of the same rules, and beside zen-engine where that is installed
(`uv pip install zen-engine==2.1.3`): it is not needed to run this. Answers are compared first.
zen-engine takes one unit at a time, so it is given some of them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from benchmarks.rules_beside_zen import Zen, zen_table
from models.segmentation.compile import compile_scheme
from models.segmentation.hit_policy import Hit, HitPolicy
from models.segmentation.lint import SEGMENT, LintedRule, RuleSet, lint
from models.segmentation.methods.decision_table import DecisionTable, TableRule
from models.segmentation.partition.predicate import predicate
from models.segmentation.scheme import Scheme

CONDITIONS = 3  # of one rule, each on another column
MEMORY = "4GB"


@dataclass(frozen=True, kw_only=True)
class Range:
    """Values of a column from `low` up to `high`, without a limit where that is None."""

    column: str
    low: float | None
    high: float | None

    def sql(self) -> str:
        """The range as a condition."""
        if self.low is None:
            return f"{self.column} < {self.high}"
        if self.high is None:
            return f"{self.column} >= {self.low}"
        return f"{self.column} between {self.low} and {self.high}"

    def unary(self) -> str:
        """The range as a cell of zen-engine's table."""
        if self.low is None:
            return f"< {self.high}"
        return f">= {self.low}" if self.high is None else f"[{self.low}..{self.high}]"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rule."""

    name: str
    segment: str
    ranges: tuple[Range, ...]

    def sql(self) -> str:
        """The rule's condition."""
        return " and ".join(each.sql() for each in self.ranges)

    def cells(self) -> dict[str, str]:
        """The rule's cells in zen-engine's table, by column."""
        return {each.column: each.unary() for each in self.ranges}


def main() -> int:
    """Print seconds and ratios; exit status 1 when answers differ or a flip is not true."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, default=50)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--peer-units", type=int, default=5_000)
    asked = parser.parse_args()
    columns = {f"x{n}": "double" if n % 2 else "decimal(18,4)" for n in range(asked.columns)}
    lines = list(_lines(list(columns), asked.rules))
    sys.stdout.write(
        f"{machine()}\n{asked.units:,} units, {asked.rules} rules of {CONDITIONS} conditions, "
        f"{asked.columns} columns\n"
    )
    connection = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY})
    _lay_out(connection, columns, asked.units)
    _lint(lines, columns)
    is_wrong = _classify(connection, lines, columns)
    zen = zen_table({line.name: (line.segment, line.cells()) for line in lines}, list(columns))
    if zen is None:
        sys.stdout.write("zen-engine is not installed\n")
    else:
        is_wrong |= _beside_zen(connection, zen, list(columns), asked.peer_units, asked.units)
    sys.stdout.write(f"peak memory {peak_gib():.1f} GiB\n")
    return int(is_wrong)


def _lines(columns: list[str], count: int) -> Iterator[Line]:
    """Rules that each take some part of three columns, always the same."""
    chance = random.Random(7)
    for number in range(count):
        ranges = []
        for column in chance.sample(columns, CONDITIONS):
            low = round(chance.uniform(0, 900), 1)
            kind = chance.randrange(3)
            ranges.append(
                Range(
                    column=column,
                    low=None if kind == 0 else low,
                    high=None if kind == 1 else round(low + 200, 1),
                )
            )
        yield Line(name=f"r{number}", segment="ABCDE"[number % 5], ranges=tuple(ranges))


def _lay_out(connection: duckdb.DuckDBPyConnection, columns: dict[str, str], units: int) -> None:
    drawn = ", ".join(
        f"cast(round(random() * 1000, 2) as {kind}) as {name}" for name, kind in columns.items()
    )
    connection.execute("select setseed(0.5)")
    connection.execute(
        f"create table units as select range as unit_id, {drawn}, "
        f"cast(1 as decimal(18, 4)) as value_amount from range({units})"
    )


def _lint(lines: list[Line], columns: dict[str, str]) -> None:
    rules = tuple(
        LintedRule(
            name=line.name,
            when=predicate(line.sql(), columns),
            outcome={SEGMENT: line.segment},
        )
        for line in lines
    )
    rule_set = RuleSet(rules=rules, policy=HitPolicy(hit=Hit.FIRST))
    found: list[str] = []
    seconds = seconds_of(lambda: found.extend(f.code.value for f in lint(rule_set, columns)))
    sys.stdout.write(f"lint {seconds:.2f} s: {', '.join(found) or 'nothing found'}\n")


def _classify(
    connection: duckdb.DuckDBPyConnection, lines: list[Line], columns: dict[str, str]
) -> bool:
    """Compare with the bare CASE statement, and apply every flip."""
    table = DecisionTable(
        rules=tuple(
            TableRule(rule_id=line.name, segment_id=line.segment, when=line.sql()) for line in lines
        ),
        policy=HitPolicy(hit=Hit.FIRST),
    )
    scheme = Scheme(
        scheme_id="measured", title="Measured", unit="unit", keys=("unit_id",), first_rules=(),
        method=table, fallback_segment_id="none", value_column="value_amount",
    )  # fmt: skip
    statement: list[str] = []
    types = {"unit_id": "bigint", **columns, "value_amount": "decimal(18,4)"}
    compiling = seconds_of(lambda: statement.append(compile_scheme(scheme, "units", types)))
    shown = "unit_id, segment_id, rule_id, flip_column, flip_value, flip_segment_id"
    classified = f"select {shown} from ({statement[0]})"
    bare = f"select unit_id, coalesce({_case(lines)}, 'none') as segment_id from units"
    plain = _fastest(connection, "bare", bare)
    flips = _fastest(connection, "classified", classified)
    whole = _fastest(connection, "explained", statement[0])
    compared = "select count(*) from classified join explained as before using (unit_id) "
    compared += "where classified.segment_id <> before.segment_id"
    moves = seconds_of(lambda: connection.execute(compared).fetchall())
    differing = _count(
        connection,
        "classified join bare using (unit_id) where classified.segment_id <> bare.segment_id",
    )
    applied, untrue = _applied(connection, lines, columns)
    sys.stdout.write(
        f"compiled to one statement of {len(statement[0]) / 1000:,.0f} kB in {compiling:.2f} s\n"
        f"bare CASE {plain:.2f} s\n"
        f"class, rule and flip {flips:.2f} s, {flips / plain:,.0f} times the bare CASE\n"
        f"with inputs as JSON and amount at stake {whole:.2f} s\n"
        f"compared with the same of a night before {moves:.2f} s\n"
        f"{differing:,} answers differ; of {applied:,} flips applied {untrue:,} are not true\n"
    )
    return bool(differing or untrue)


def _fastest(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> float:
    """Create a table twice; return the seconds of the faster time."""
    statement = f"create or replace table {table} as {query}"
    return min(seconds_of(lambda: connection.execute(statement)) for _ in range(2))


def _case(lines: list[Line]) -> str:
    branches = " ".join(f"when {line.sql()} then '{line.segment}'" for line in lines)
    return f"case {branches} end"


def _applied(
    connection: duckdb.DuckDBPyConnection, lines: list[Line], columns: dict[str, str]
) -> tuple[int, int]:
    """Put the value of each flip in its column; count flips, and those that do not hold."""
    changed = ", ".join(
        f"case when flip_column = '{name}' then cast(flip_value as {kind}) else {name} end "
        f"as {name}"
        for name, kind in columns.items()
    )
    connection.execute(
        f"create or replace table flipped as select {changed}, flip_segment_id "
        "from units join classified using (unit_id) where flip_column is not null"
    )
    untrue = _count(
        connection, f"flipped where coalesce({_case(lines)}, 'none') <> flip_segment_id"
    )
    return _count(connection, "flipped"), untrue


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    (row,) = connection.execute(f"select count(*) from {source}").fetchall()
    return int(row[0])


def _beside_zen(
    connection: duckdb.DuckDBPyConnection, zen: Zen, columns: list[str], some: int, units: int
) -> bool:
    """Compare with zen-engine's answers for some units; return whether any differs."""
    rows = connection.execute(
        f"select {', '.join(f'cast({name} as double)' for name in columns)}, bare.segment_id "
        f"from units join bare using (unit_id) order by unit_id limit {some}"
    ).fetchall()
    given = [dict(zip(columns, row[:-1], strict=True)) for row in rows]
    said: list[str] = []
    seconds = seconds_of(lambda: said.extend(zen.segment(each) or "none" for each in given))
    differing = sum(row[-1] != segment for row, segment in zip(rows, said, strict=True))
    each = seconds / len(rows)
    sys.stdout.write(
        f"zen-engine on {len(rows):,} units: {differing:,} answers differ; {each * 1e6:,.0f} µs "
        f"each for the class alone, which for all is {each * units:,.0f} s\n"
    )
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())

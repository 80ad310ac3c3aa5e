"""Values that fail their checks move nobody: neither their own unit nor, through ranks, others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.edge_cases.substitutes import substitutes
from orchestration.metric_trust import TABLE, check_metrics
from orchestration.segments.assignment import assign, in_force
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.unit_features import SUBSTITUTES
from tests.orchestration.segments.schemes_of_customers import ABC, CELLS, SIZE
from tests.workspace.small_company import BUSINESS_DATE, Company
from workspace.folder import Workspace
from workspace.ingest.control import open_books
from workspace.night_inputs import land_parameters, land_prior
from workspace.table_contract import contract, feature_tables
from workspace.warehouse import create_by_contract, write_by_contract

ASSIGNMENT = "segments.segment_assignment"
EXPLANATIONS = "segments.segment_explanations"
CUSTOMERS = [f"c{number:03}" for number in range(100)]
CORRUPTED = CUSTOMERS[50:60]
METRICS = """\
metrics:
  customer_revenue:
    title: Revenue of a customer in twelve months
    table: feat_customer_value
    column: revenue_12m_amount
    minimum: 0
    jump: {largest_factor: 4, least_change: 100}
"""
Revenues = Mapping[str, float | None]


def _company(root: Path, metrics: str = METRICS) -> Workspace:
    company = Company(root=root)
    for name, text in (("size", SIZE), ("abc", ABC), ("cell", CELLS)):
        company = company.configure(f"segmentation/customer_{name}.yml", text=text)
    return company.configure("quality/metrics.yml", text=metrics).open()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return _company(tmp_path / "company")


@contextmanager
def _night(
    workspace: Workspace, revenues: Revenues, before: duckdb.DuckDBPyConnection | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Judge and assign customers of these revenues, after a night that has been judged before."""
    with duckdb.connect() as connection:
        open_books(connection)
        land_parameters(connection, workspace, BUSINESS_DATE)
        land_prior(connection, None)
        if before is not None:
            _carry(before, connection)
        create_by_contract(connection, "golden.golden_customer")
        _empty(connection, "facts.int_product_site")
        for table in feature_tables():
            _empty(connection, table.name)
        _fill(connection, revenues)
        write_by_contract(connection, TABLE, check_metrics(connection, workspace))
        write_by_contract(connection, SUBSTITUTES, substitutes(connection, workspace))
        write_by_contract(connection, CUTS, review(connection, workspace))
        write_by_contract(connection, EXPLANATIONS, assign(connection, workspace))
        write_by_contract(connection, ASSIGNMENT, in_force(connection, workspace))
        yield connection


def _carry(before: duckdb.DuckDBPyConnection, connection: duckdb.DuckDBPyConnection) -> None:
    for name in (TABLE, ASSIGNMENT, CUTS):
        connection.register("_before", before.sql(f"from {name}").to_arrow_table())
        connection.execute(f"insert into prior.{name.split('.')[1]} by name from _before")


def _empty(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = ", ".join(f"{column.name} {column.data_type}" for column in contract(name).columns)
    connection.execute(f"create schema if not exists {name.split('.')[0]}")
    connection.execute(f"create or replace table {name} ({columns})")


def _fill(connection: duckdb.DuckDBPyConnection, revenues: Revenues) -> None:
    _empty(connection, "golden.golden_customer")
    _empty(connection, "features.feat_customer_value")
    connection.executemany(
        "insert into golden.golden_customer (customer_id) values (?)", [[c] for c in revenues]
    )
    connection.executemany(
        "insert into features.feat_customer_value "
        "(customer_id, revenue_12m_amount, margin_12m_amount, order_line_count_12m) "
        "values (?, ?, 0, 3)",
        list(revenues.items()),
    )


def _before() -> dict[str, float | None]:
    return {customer: 100.0 * (1 + number) for number, customer in enumerate(CUSTOMERS)}


def _after() -> dict[str, float | None]:
    """Let each customer grow or shrink a little, but for those whose value is to be corrupted.

    Ranks count them with their last trusted value, so that they are exact where that is the true
    one.
    """
    before = _before()
    growth = {c: 1.2 if number % 2 else 0.85 for number, c in enumerate(CUSTOMERS)}
    return before | {c: growth[c] * (before[c] or 0) for c in CUSTOMERS if c not in CORRUPTED}


def _segments(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        f"select scheme_id, unit_id, segment_id from {EXPLANATIONS}"
    ).fetchall()
    return {(scheme, unit): segment for scheme, unit, segment in rows if scheme != "xyz"}


@pytest.mark.requirement("S0.M2.B6")
def test_corrupted_customers_keep_their_segments_and_all_others_move(workspace: Workspace) -> None:
    with _night(workspace, _before()) as first:
        former = _segments(first)
        with _night(workspace, _after(), first) as sound:
            expected = _segments(sound)
        corrupted = _after() | {c: 1000 * (_after()[c] or 0) for c in CORRUPTED}
        with _night(workspace, corrupted, first) as second:
            found = _segments(second)
            held = second.execute(
                f"select distinct unit_id, hold_reason from {EXPLANATIONS} "
                "where hold_reason is not null order by all"
            ).fetchall()
            said = second.execute(
                f"select distinct engine_segment_id, segment_id from {EXPLANATIONS} "
                "where scheme_id = 'customer_size' and hold_reason is not null"
            ).fetchall()
            gates = second.execute(
                "select kind, is_passed, is_blocking, failed_count from control.gate_findings"
            ).fetchall()
    assert held == [(customer, "metric_untrusted") for customer in CORRUPTED]
    assert {key: found[key] for key in found if key[1] in CORRUPTED} == {
        key: former[key] for key in former if key[1] in CORRUPTED
    }
    assert said == [("large", "middle")]
    others = {key for key in found if key[1] not in CORRUPTED}
    assert {key: found[key] for key in others} == {key: expected[key] for key in others}
    moved = {scheme for scheme, unit in others if found[scheme, unit] != former[scheme, unit]}
    assert moved == {"customer_abc", "customer_size", "customer_cell"}
    assert gates == [("trust", False, False, 10)]


def _held(connection: duckdb.DuckDBPyConnection, scheme: str) -> list[tuple]:
    return connection.execute(
        "select unit_id, segment_id, engine_segment_id, fallback_code, hold_reason, flip_column "
        f"from {EXPLANATIONS} where scheme_id = ? and hold_reason is not null order by all",
        [scheme],
    ).fetchall()


def test_what_jumped_once_does_not_become_usual(workspace: Workspace) -> None:
    corrupted = _before() | {"c000": 90_000.0}
    with _night(workspace, _before()) as first, _night(workspace, corrupted, first) as second:
        with _night(workspace, corrupted, second) as third:
            held = _held(third, "customer_size")
        with _night(workspace, _before(), second) as mended:
            assert _held(mended, "customer_size") == []
    assert held == [("c000", "small", "large", None, "metric_untrusted", None)]


def test_a_confirmed_value_moves_its_unit(tmp_path: Path) -> None:
    confirmed = "confirmed: [{metric: customer_revenue, unit: c000, value: 90000, reason: Fair.}]\n"
    workspace = _company(tmp_path / "company", METRICS + confirmed)
    corrupted = _before() | {"c000": 90_000.0, "c001": 80_000.0}
    with _night(workspace, _before()) as first, _night(workspace, corrupted, first) as second:
        assert [unit for unit, *_ in _held(second, "customer_size")] == ["c001"]
        assert _segments(second)["customer_size", "c000"] == "large"


def test_a_new_unit_that_is_not_trusted_gets_the_fallback(workspace: Workspace) -> None:
    """Without a value that was ever trusted nothing else can be said of it."""
    with (
        _night(workspace, _before()) as first,
        _night(workspace, _before() | {"new": -5000.0}, first) as second,
    ):
        size, share = _held(second, "customer_size"), _held(second, "customer_abc")
        cell = _held(second, "customer_cell")
    held = ("METRIC_UNTRUSTED", "metric_untrusted", None)
    assert size == [("new", "small", "small", *held)]
    assert share == [("new", "unclassified", "C", *held)]
    assert cell == [("new", "unclassifiedsmall", "Csmall", None, "metric_untrusted", None)]


def test_a_rule_that_did_not_read_the_metric_moves_its_unit(workspace: Workspace) -> None:
    corrupted = _before() | {"c000": 90_000.0, "c001": 90_000.0}
    with _night(workspace, _before()) as first, _night(workspace, corrupted, first) as second:
        second.execute(
            "update features.feat_customer_value set order_line_count_12m = 0 "
            "where customer_id = 'c000'"
        )
        write_by_contract(second, EXPLANATIONS, assign(second, workspace))
        assert _segments(second)["customer_size", "c000"] == "idle"
        assert [unit for unit, *_ in _held(second, "customer_size")] == ["c001"]

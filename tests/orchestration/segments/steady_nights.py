"""Nights of customers with revenues by hand, classified by schemes that hold still."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import duckdb

from orchestration.edge_cases.exceptions import TABLE as EXCEPTIONS
from orchestration.edge_cases.exceptions import exceptions
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.edge_cases.quality import fallbacks_used
from orchestration.edge_cases.substitutes import carried_features, substitutes
from orchestration.metric_trust import TABLE as TRUST
from orchestration.metric_trust import check_metrics
from orchestration.segments.assignment import assign, in_force
from orchestration.segments.assignment_history import TABLE as HISTORY
from orchestration.segments.assignment_history import history
from orchestration.segments.churn import RATES, churn, rates
from orchestration.segments.churn import TABLE as CHURN
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.evaluations import TABLE as EVALUATIONS
from orchestration.segments.evaluations import evaluations
from orchestration.segments.hysteresis import TABLE as FRONTIER
from orchestration.segments.hysteresis import frontiers
from orchestration.segments.refresh_calendar import TABLE as CALENDAR
from orchestration.segments.refresh_calendar import refresh_calendar
from orchestration.segments.stability import TABLE as STABILITY
from orchestration.segments.stability import state
from orchestration.segments.triggers import TABLE as TRIGGERS
from orchestration.segments.triggers import watched
from orchestration.segments.unit_features import SUBSTITUTES
from tests.orchestration.segments.schemes_of_customers import ABC, CELLS, SIZE
from tests.workspace.small_company import Company
from workspace.folder import Workspace
from workspace.ingest.control import open_books
from workspace.night_inputs import land_parameters, land_prior
from workspace.table_contract import contract, feature_tables
from workspace.warehouse import create_by_contract, write_by_contract

FIRST_DAY = date(2026, 1, 1)
ASSIGNMENT, EXPLANATIONS = "segments.segment_assignment", "segments.segment_explanations"
CARRIED = (
    TRUST,
    SUBSTITUTES,
    EXCEPTIONS,
    ASSIGNMENT,
    HISTORY,
    CUTS,
    STABILITY,
    CALENDAR,
    TRIGGERS,
    EVALUATIONS,
)
STEPS = {
    TRUST: check_metrics,
    SUBSTITUTES: substitutes,
    CUTS: review,
    TRIGGERS: watched,
    EXPLANATIONS: assign,
    ASSIGNMENT: in_force,
    FALLBACKS: fallbacks_used,
    EXCEPTIONS: exceptions,
    STABILITY: state,
    CALENDAR: refresh_calendar,
}
REPORTED = {
    CHURN: churn,
    HISTORY: lambda connection, _: history(connection),
    EVALUATIONS: evaluations,
    RATES: rates,
    FRONTIER: frontiers,
}
Revenues = Mapping[str, Any]  # of a customer, or all its features


def company(root: Path, *, metrics: str = "", cut: int = 6000, **stability: str) -> Workspace:
    """Return a company whose schemes (size, abc, cell) have these settings, as YAML."""
    found = Company(root=root)
    for name, text in (("size", SIZE.replace("6000", str(cut))), ("abc", ABC), ("cell", CELLS)):
        said = f"stability: {stability[name]}\n" if name in stability else ""
        found = found.configure(f"segmentation/customer_{name}.yml", text=text + said)
    if metrics:
        found = found.configure("quality/metrics.yml", text=metrics)
    return found.open()


class Nights:
    """Nights one after the other, each following the one before."""

    def __init__(
        self, workspace: Workspace, *, day: date = FIRST_DAY, is_reported: bool = False
    ) -> None:
        """Begin without a release, on the day before the first night.

        Where it is reported, each night tells of churn, history and other settings, too.
        """
        self.workspace = workspace
        self.is_reported = is_reported
        self.day = day - timedelta(days=1)
        self.connection = duckdb.connect()
        self.carried: dict[str, Any] = {}
        self.before: dict[str, Any] = {}

    def night(self, revenues: Revenues, *, days: int = 1) -> Self:
        """Run a night `days` later."""
        self.before = self.carried
        self.day += timedelta(days=days)
        return self.again(revenues)

    def again(self, revenues: Revenues) -> Self:
        """Run the night of the day once more, after the same release."""
        self.connection.close()
        self.connection = connection = duckdb.connect()
        open_books(connection)
        land_parameters(connection, self.workspace, self.day)
        held = carried_features(self.workspace)
        land_prior(connection, None, held)
        for name, rows in self.before.items():
            connection.register("_before", rows)
            connection.execute(f"insert into prior.{name.split('.')[1]} by name from _before")
        create_by_contract(connection, "golden.entity_events")
        self._fill(revenues)
        self._write()
        carried = CARRIED if self.is_reported else [n for n in CARRIED if n not in REPORTED]
        self.carried = {
            name: connection.sql(f"from {name}").to_arrow_table() for name in (*carried, *held)
        }
        return self

    def _write(self) -> None:
        connection, workspace = self.connection, self.workspace
        for name, compute in (STEPS | REPORTED if self.is_reported else STEPS).items():
            write_by_contract(connection, name, compute(connection, workspace))

    def _fill(self, revenues: Revenues) -> None:
        for name in ("golden.golden_customer", "facts.int_product_site", "facts.fct_order_line"):
            _empty(self.connection, name)
        for table in feature_tables():
            _empty(self.connection, table.name)
        if not revenues:
            return
        self.connection.executemany(
            "insert into golden.golden_customer (customer_id) values (?)", [[c] for c in revenues]
        )
        self.connection.executemany(
            "insert into features.feat_customer_value "
            "(customer_id, revenue_12m_amount, margin_12m_amount, order_line_count_12m) "
            "values (?, ?, 0, ?)",
            [(c, amount, 0 if amount == 0 else 3) for c, amount in revenues.items()],
        )

    def in_force(self, scheme: str = "customer_size") -> dict[str, str]:
        """Return the segment of each customer."""
        return dict(
            self.connection.execute(
                f"select unit_id, segment_id from {ASSIGNMENT} where scheme_id = ? order by all",
                [scheme],
            ).fetchall()
        )

    def held(self, scheme: str = "customer_size") -> dict[str, tuple[str, str]]:
        """Return what the rules say of each customer that is held, and why it is."""
        rows = self.connection.execute(
            "select unit_id, engine_segment_id, hold_reason "
            f"from {ASSIGNMENT} where scheme_id = ? and hold_reason is not null order by all",
            [scheme],
        ).fetchall()
        return {unit: (said, why) for unit, said, why in rows}

    def rows(self, table: str, condition: str = "true") -> list[dict[str, Any]]:
        """Return rows of a table of tonight in the order of its key."""
        key = ", ".join(contract(table).key)
        found = self.connection.sql(f"from {table} where {condition} order by {key}")
        return found.pl().to_dicts()


def _empty(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = ", ".join(f"{column.name} {column.data_type}" for column in contract(name).columns)
    connection.execute(f"create schema if not exists {name.split('.')[0]}")
    connection.execute(f"create or replace table {name} ({columns})")

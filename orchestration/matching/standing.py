"""What a night knows of an object before it sees tonight's clusters, and the ids that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from models.matching.registry import Registered, register
from orchestration.matching.reuse import standing_decisions
from workspace.warehouse import one_row

DECLARED = """
    select * exclude (decided_by, decided_at) from control.entity_declarations
    where coalesce(object_type, $object_type) = $object_type
"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The crosswalk and the events of the release before, and what people have said since."""

    object_type: str
    day: date
    prior_xref: pl.DataFrame
    prior_events: pl.DataFrame
    declared: pl.DataFrame
    decisions: pl.DataFrame

    def registered(self, clusters: pl.DataFrame) -> Registered:
        """Return the golden id of each record, and the events up to tonight."""
        return register(
            clusters,
            self.prior_xref,
            self.prior_events,
            self.declared,
            self.decisions,
            object_type=self.object_type,
            day=self.day,
        )


def standing(connection: duckdb.DuckDBPyConnection, object_type: str) -> Standing:
    """Return what stands tonight; reads lapsed_<object>."""
    (day,) = one_row(connection, "select business_date from night.parameters")
    return Standing(
        object_type=object_type,
        day=day,
        prior_xref=_before(connection, "golden_xref", object_type),
        prior_events=_before(connection, "entity_events", object_type),
        declared=connection.sql(DECLARED, params={"object_type": object_type}).pl(),
        decisions=standing_decisions(connection, object_type, day),
    )


def _before(connection: duckdb.DuckDBPyConnection, table: str, object_type: str) -> pl.DataFrame:
    """Return what the release before knows of an object."""
    query = f"select * from prior.{table} where object_type = ?"
    return connection.sql(query, params=[object_type]).pl()

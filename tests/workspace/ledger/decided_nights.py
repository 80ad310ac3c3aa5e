"""Nights of a company whose stewards decide: records, who says what, and the ids that follow."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import duckdb
import polars as pl

from models.matching.clusters import Resolution, resolve
from models.matching.declarations import with_separations
from models.matching.registry import register
from orchestration.matching.reuse import standing_decisions
from orchestration.matching.standing import DECLARED
from tests.models.matching.matched_nights import Company, carried, clusters_of, ids
from workspace.ledger.chain import Entry, Event
from workspace.ledger.entity_declarations import Declaration, declarations
from workspace.ledger.landing import land_decisions
from workspace.overlays import kept_apart, land_kept_apart


class DecidedNights(Company):
    """Customers are one by a number that they share, unless a steward says otherwise."""

    def __init__(self, numbers: dict[str, str]) -> None:
        """Begin with records and their numbers, and nothing decided."""
        super().__init__()
        self.numbers = numbers
        self.recycled: set[str] = set()
        self.ledger: list[Event] = []
        self.resolution: Resolution | None = None

    def next_night(self) -> dict[str, str]:
        """Match tonight's records by the ledger; return the id of each that has one."""
        self.day = self.tomorrow
        decisions, self.declared, apart = self._decided()
        there = [record for record in self.numbers if record.split(":")[0] not in apart]
        alone = clusters_of([[record] for record in there], self.recycled)
        records = with_separations(alone.drop("cluster"), self.declared, self.xref, day=self.day)
        self.resolution = resolve(records, self._pairs(), decisions)
        found = register(
            records.join(self.resolution.members, on="record_key"),
            self.xref,
            self.events,
            self.declared,
            decisions,
            object_type="customer",
            day=self.day,
        )
        self.xref = carried(self.xref, found.members, self.day)
        self.events = found.events
        return ids(found)

    def booked(self) -> list[tuple[Any, ...]]:
        """Return type, ids, origin and ledger entry of each event of the last night."""
        return (
            self.events.filter(pl.col("recorded_date") == self.day)
            .select("event_type", "golden_id", "other_golden_id", "origin", "ledger_sequence")
            .sort("event_type")
            .rows()
        )

    def outcomes(self) -> dict[tuple[str, str], str]:
        """Return what became of each pair in the last night."""
        assert self.resolution is not None
        rows = self.resolution.pairs.select("record_key_l", "record_key_r", "outcome").rows()
        return {(one, other): outcome for one, other, outcome in rows}

    def standing(self) -> list[Declaration]:
        """Return the declarations that stand."""
        return declarations(self.entries())

    def entries(self) -> list[Entry]:
        """Return the ledger."""
        return [Entry(sequence=n, hash="", event=event) for n, event in enumerate(self.ledger, 1)]

    def _decided(self) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
        """Return decisions, declarations and the systems kept apart as the night reads them."""
        with duckdb.connect() as connection:
            land_decisions(connection, self.entries)
            of_object = {"object_type": "customer"}
            connection.execute("create schema night")
            connection.execute("create table night.parameters (business_date date)")
            connection.execute("insert into night.parameters values (?)", [self.day])
            land_kept_apart(connection, {})
            connection.execute(
                "create temp table lapsed_customer (record_key varchar, lapsed_sequence bigint)"
            )
            decisions = standing_decisions(connection, "customer", self.day)
            declared = connection.sql(DECLARED, params=of_object).pl()
            return decisions, declared, kept_apart(connection)

    def _pairs(self) -> pl.DataFrame:
        """Return the pairs of records with one number."""
        same = [
            (*sorted(pair), None, "link")
            for pair in combinations(self.numbers, 2)
            if self.numbers[pair[0]] == self.numbers[pair[1]]
        ]
        schema = {
            "record_key_l": pl.String,
            "record_key_r": pl.String,
            "match_weight": pl.Float64,
            "outcome": pl.String,
        }
        return pl.DataFrame(same, schema, orient="row")

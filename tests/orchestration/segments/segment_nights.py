"""Nights of assignments and events by hand, and the history of segments that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import duckdb

from orchestration.segments.assignment_history import TABLE, history
from workspace.table_contract import contract
from workspace.units import KIND_BY_KEY
from workspace.warehouse import create_by_contract, write_by_contract

FIRST_DAY = date(2026, 1, 1)
SCHEME = "abc"
ASSIGNED = ("segments.segment_explanations", "segments.segment_assignment")
# Unit → segment; a unit is a customer, or parts joined by @, each known by its first letter.
Segments = Mapping[str, str]
Row = dict[str, Any]
PARTS = {"p": "product_id", "s": "site_id", "c": "customer_id"}


class SegmentNights:
    """A scheme's nights one after the other, each the release before of the next."""

    def __init__(self) -> None:
        """Begin without a release."""
        self.day = FIRST_DAY
        self.connection = duckdb.connect()
        self.connection.execute("create schema night")
        self.connection.execute("create schema prior")
        for name in (TABLE, *ASSIGNED, "golden.entity_events"):
            create_by_contract(self.connection, name)
        self.past: list[tuple[date, Segments]] = []

    def night(
        self,
        segments: Segments,
        *events: Row,
        days: int = 1,
        rule_hash: str = "r1",
        hold_reason: str | None = None,
    ) -> list[Row]:
        """Run a night `days` later; return the history."""
        self.carry()
        self.day += timedelta(days=days)
        self.past = [*(past for past in self.past if past[0] < self.day), (self.day, segments)]
        for event in events:
            self._book(event)
        return self.again(segments, rule_hash=rule_hash, hold_reason=hold_reason)

    def again(
        self, segments: Segments, *, rule_hash: str = "r1", hold_reason: str | None = None
    ) -> list[Row]:
        """Run the night of the day with what the release before knows."""
        execute = self.connection.execute
        execute("create or replace table night.parameters (business_date date)")
        execute("insert into night.parameters values (?)", [self.day])
        for table in ASSIGNED:
            execute(f"delete from {table}")
        for unit, segment in segments.items():
            known = execute(
                "select valid_from from prior.segment_assignment where unit_id = ? "
                "and segment_id = ?",
                [unit, segment],
            ).fetchall()
            for table in ASSIGNED:
                self._insert(
                    table,
                    **_parts(unit),
                    scheme_id=SCHEME,
                    overlay_id="base",
                    unit_id=unit,
                    segment_id=segment,
                    engine_segment_id=segment,
                    hold_reason=hold_reason,
                    rule_id="cut",
                    quality_mark="A",
                    rule_hash=rule_hash,
                    inputs=f'{{"day":"{self.day}"}}',
                    valid_from=known[0][0] if known else self.day,
                    as_of_date=self.day,
                )
        write_by_contract(self.connection, TABLE, history(self.connection))
        return self.rows("true")

    def carry(self) -> None:
        """Make tonight's tables those of the release before."""
        for name in (TABLE, "segments.segment_assignment"):
            table = name.split(".")[1]
            self.connection.execute(f"create or replace table prior.{table} as from {name}")

    def rows(self, condition: str) -> list[Row]:
        """Return rows of the history, those that are still believed last."""
        found = self.connection.sql(
            f"from {TABLE} where {condition} "
            "order by recorded_to nulls last, scheme_id, unit_id, origin_unit_id, valid_from"
        )
        return found.pl().to_dicts()

    def told(self, unit: str) -> list[tuple[str, str, int, int | None, str, str | None]]:
        """Return what is known today of a unit: origin, segment, days, and why."""
        return [
            (
                row["origin_unit_id"],
                row["segment_id"],
                (row["valid_from"] - FIRST_DAY).days,
                (row["valid_to"] - FIRST_DAY).days if row["valid_to"] else None,
                row["began_by"],
                row["ended_by"],
            )
            for row in self.rows(f"recorded_to is null and unit_id = '{unit}'")
        ]

    def segments_on(self, valid: date, known: date) -> list[tuple[str, str]]:
        """Return the units' own segments on a day, as they were known on another."""
        found = self.connection.execute(
            f"""
            select unit_id, segment_id from {TABLE}
            where origin_unit_id = unit_id
                and valid_from <= $valid and coalesce($valid < valid_to, true)
                and recorded_from <= $known and coalesce($known < recorded_to, true)
            order by all
            """,
            {"valid": valid, "known": known},
        )
        return found.fetchall()

    def overlaps(self) -> list[tuple[Any, ...]]:
        """Return the pairs of rows of one unit and origin that say two things of one day."""
        pairs = self.connection.execute(
            f"""
            select one, other from {TABLE} as one join {TABLE} as other
                using (scheme_id, unit_id, origin_unit_id)
            where (one.valid_from, one.recorded_from) < (other.valid_from, other.recorded_from)
                and coalesce(one.valid_to > other.valid_from, true)
                and coalesce(other.valid_to > one.valid_from, true)
                and coalesce(one.recorded_to > other.recorded_from, true)
                and coalesce(other.recorded_to > one.recorded_from, true)
            """
        )
        return pairs.fetchall()

    def _book(self, event: Row) -> None:
        """Book an event; one that it undoes is marked."""
        event = {
            "object_type": "customer",
            "event_date": self.day,
            "recorded_date": self.day,
            "origin": "matching",
            "is_reversed": False,
            **event,
        }
        self._insert("golden.entity_events", **event)
        self.connection.execute(
            "update golden.entity_events set is_reversed = true where event_id = ?",
            [event.get("reverses_event_id")],
        )

    def _insert(self, table: str, **row: Any) -> None:
        known = {column.name for column in contract(table).columns}
        given = {name: value for name, value in row.items() if name in known}
        marks = ", ".join("?" * len(given))
        self.connection.execute(
            f"insert into {table} ({', '.join(given)}) values ({marks})", list(given.values())
        )


def _parts(unit: str) -> Row:
    parts = {PARTS[part[0]]: part for part in unit.split("@")}
    return {"unit_type": KIND_BY_KEY[tuple(parts)].name, **parts}


def event(kind: str, golden_id: str, other: str | None = None, **more: Any) -> Row:
    """Return an event of tonight."""
    return {
        "event_id": f"e-{kind}-{golden_id}-{other}",
        "event_type": kind,
        "golden_id": golden_id,
        "other_golden_id": other,
        **more,
    }

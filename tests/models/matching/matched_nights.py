"""Nights of a small company: records that are grouped as told, and the crosswalk they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import polars as pl

from models.matching.declarations import DECLARED
from models.matching.entity_events import EVENT
from models.matching.registry import Registered, register

FIRST_DAY = date(2026, 1, 1)
XREF = {
    "namespace": pl.String,
    "source_key": pl.String,
    "golden_id": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
DECISION = {
    "record_key_l": pl.String,
    "record_key_r": pl.String,
    "decision": pl.String,
    "ledger_seq": pl.Int64,
    "reason": pl.String,
}
NO_DECISIONS = pl.DataFrame(schema=DECISION)
NOTHING_DECLARED = pl.DataFrame(schema=DECLARED)
Groups = Sequence[Iterable[str]]


def clusters_of(groups: Groups, recycled: Iterable[str] = ()) -> pl.DataFrame:
    """Return clusters of records called `namespace:key`, trusted in the order of their keys."""
    rows = [(key, number) for number, group in enumerate(groups) for key in group]
    named = pl.DataFrame(rows, {"record_key": pl.String, "cluster": pl.Int64}, orient="row")
    parts = pl.col("record_key").str.split_exact(":", 1).struct
    return named.with_columns(
        namespace=parts.field("field_0"),
        source_key=parts.field("field_1"),
        precedence=pl.col("record_key").rank("dense").cast(pl.Int64),
        is_recycled=pl.col("record_key").is_in(list(recycled)),
    )


class Company:
    """Nights one after the other, each the release before of the next."""

    def __init__(self) -> None:
        """Begin without a release."""
        self.day = FIRST_DAY
        self.xref = pl.DataFrame(schema=XREF)
        self.events = pl.DataFrame(schema=EVENT)
        self.declared = NOTHING_DECLARED

    def night(
        self,
        groups: Groups,
        *,
        recycled: Iterable[str] = (),
        decisions: pl.DataFrame = NO_DECISIONS,
        days: int = 1,
    ) -> dict[str, str]:
        """Run a night `days` later; return the id of each record."""
        self.day += timedelta(days=days)
        found = self.registered(clusters_of(groups, recycled), decisions)
        self.xref = carried(self.xref, found.members, self.day)
        self.events = found.events
        return ids(found)

    def registered(
        self, clusters: pl.DataFrame, decisions: pl.DataFrame = NO_DECISIONS
    ) -> Registered:
        """Register clusters on the company's day, without keeping anything."""
        return register(
            clusters,
            self.xref,
            self.events,
            self.declared,
            decisions,
            object_type="customer",
            day=self.day,
        )

    @property
    def tomorrow(self) -> date:
        """Return the day of the next night."""
        return self.day + timedelta(days=1)

    def kinds(self) -> list[str]:
        """Return the types of all events in the order of their booking."""
        return self.events["event_type"].to_list()


def ids(found: Registered) -> dict[str, str]:
    """Return the id of each record."""
    return dict(found.members.select("record_key", "golden_id").iter_rows())


def carried(xref: pl.DataFrame, members: pl.DataFrame, day: date) -> pl.DataFrame:
    """Carry the crosswalk on as golden_xref does: half-open, nothing for what lasted no day."""
    tonight = members.select("namespace", "source_key", "golden_id")
    key = ["namespace", "source_key", "golden_id"]
    is_open = pl.col("valid_to").is_null() | (pl.col("valid_to") == day)
    closed = xref.filter(~is_open)
    stood = xref.filter(is_open)
    stays = stood.join(tonight, on=key, how="semi").with_columns(valid_to=pl.lit(None, pl.Date))
    ends = stood.join(tonight, on=key, how="anti").with_columns(
        valid_to=pl.col("valid_to").fill_null(day)
    )
    begins = tonight.join(stays, on=key, how="anti").with_columns(
        valid_from=pl.lit(day), valid_to=pl.lit(None, pl.Date)
    )
    every = pl.concat([frame.select(*XREF) for frame in (closed, stays, ends, begins)])
    return every.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from")))

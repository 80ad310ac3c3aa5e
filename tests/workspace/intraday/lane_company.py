"""The small company with an intraday feed of orders, and releases that ingest alone can make."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from tests.workspace.small_company import Company, ingested
from workspace.folder import Workspace
from workspace.intraday.look import Look, look
from workspace.intraday.store import State, state_of
from workspace.ledger.chain import EMPTY_LEDGER
from workspace.releases import Release, digest, file_hashes, publish

FIRST = date(2026, 6, 29)
MORNING = datetime(2026, 6, 30, 6, 0, tzinfo=UTC)
HEADER = "order,line,customer,product,day,units,wanted,shipped,cancelled\n"
# What later layers make of a night's entities, as far as the lane reads it.
PUBLISHED = {
    "raw_extracts": "select * from control.raw_extracts",
    "source_freshness": "select * from control.source_freshness",
    "golden_xref": """
        select o.object_type, 'erp' as namespace, o.key as source_key,
            left(o.object_type, 1) || '-' || o.key as golden_id, cast(null as date) as valid_to
        from (
            select 'product' as object_type, product_id as key from raw.products
            union all select 'site', site_id from raw.sites
            union all select 'customer', customer_id from raw.customers
        ) as o
    """,
    "uom_conversion": """
        select 'erp' as namespace, 'P1' as source_key, 'CS' as unit_code,
            date '1900-01-01' as valid_from, cast(null as date) as valid_to,
            12 as numerator, 1 as denominator
    """,
    "fct_order_line": """
        select 'erp:' || order_id || ':' || line_number as order_line_id,
            'p-' || product_id as product_id, order_date, quantity_units, is_cancelled
        from raw.order_lines
    """,
    "fct_stock": """
        select 'p-P1' as product_id, 's-S1' as site_id, date '2026-06-29' as snapshot_date,
            cast(10 as decimal(18, 4)) as on_hand_units
    """,
    "feat_demand_profile": """
        select 'p-P1' as product_id, 's-S1' as site_id, cast(4 as double) as weekly_mean_units
    """,
}


@dataclass(frozen=True, kw_only=True)
class LaneCompany:
    """A company whose orders arrive in files that are dated to the day."""

    company: Company

    def open(self, files: Mapping[str, str | bytes | None] | None = None) -> Workspace:
        """Deliver files beside those that are there."""
        return self.company.open({"erp/orders_1.csv": None, **(files or {})})

    def night(self, day: date) -> Release:
        """Ingest everything up to a day and publish what the lane reads of a release."""
        workspace = self.open()
        staged = workspace.root / "staged"
        (staged / "tables").mkdir(parents=True)
        with ingested(workspace, day) as night:
            night.rows(f"attach '{staged / 'tierwise.duckdb'}' as release")
            night.rows("create table release.extract_history as from control.extract_history")
            for name, query in PUBLISHED.items():
                night.rows(f"create table release.{name} as {query}")
                night.rows(f"copy release.{name} to '{staged / 'tables' / name}.parquet'")
            night.rows("detach release")
        identity = {
            "files": file_hashes(staged),
            "ledger_entries": 0,
            "key": {"ledger_head": EMPTY_LEDGER},
        }
        before = _current(workspace)
        manifest = {
            "release_id": f"{day}_{digest(identity)[:12]}",
            "as_of_date": day.isoformat(),
            "previous_release_id": before,
            "identity": identity,
            "files": file_hashes(staged),
        }
        return publish(workspace, staged, manifest)

    def look(self, day: date, now: datetime = MORNING) -> Look:
        """Look into the inbox before the night of a day."""
        return look(self.open(), day, now)

    def signals(self) -> list[dict[str, Any]]:
        """Return the signals of the last look."""
        return pl.read_parquet(self.state().signals).to_dicts()

    def quarantine(self) -> list[tuple[Any, ...]]:
        """Return record, code and column of what the last look left out."""
        rows = pl.read_parquet(self.state().quarantine)
        return sorted(rows.select("record_number", "code", "column_name").rows())

    def state(self) -> State:
        """Return the last look."""
        state = state_of(self.open())
        assert state is not None
        return state

    def forget(self) -> None:
        """Delete what the lane may lose."""
        shutil.rmtree(self.company.root / "intraday" / "landed")
        # Files of the last two seconds are not remembered, so there may be nothing to forget.
        (self.company.root / "intraday" / "known_files.json").unlink(missing_ok=True)


def lane_company(company: Company, lateness: int | None = None) -> LaneCompany:
    """Return the company with an intraday contract of orders."""
    allowed = "" if lateness is None else f", allowed_lateness_days: {lateness}"
    configured = company.configure(
        "sources/erp.yml",
        ("    path: erp/orders_*.csv\n", "    path: erp/orders_{%Y-%m-%d}*.csv\n"),
        ("delivery: append\n", f"delivery: {{kind: delta, mode: intraday{allowed}}}\n"),
        (
            "day: date, units: decimal}",
            "day: date, units: decimal, wanted: date, shipped: date, cancelled: boolean}",
        ),
        ('      is_cancelled: "false"\n', "      is_cancelled: coalesce(cancelled, false)\n"),
        ("      order_date: day\n", "      order_date: day\n      requested_date: wanted\n"
         "      shipped_date: shipped\n"),
    )  # fmt: skip
    return LaneCompany(company=configured)


def orders(day: date | int, *lines: str, part: str = "") -> dict[str, str | bytes | None]:
    """Return the file of a day of June 2026; a line is order,line,customer,product,day,units,…"""
    dated = day if isinstance(day, date) else date(2026, 6, day)
    rows = [line + "," * (HEADER.count(",") - line.count(",")) for line in lines]
    return {f"erp/orders_{dated}{part}.csv": HEADER + "".join(f"{row}\n" for row in rows)}


def june(day: int) -> date:
    """Return a day of June 2026, or of July where June has ended."""
    return date(2026, 6, 1) + timedelta(days=day - 1)


def _current(workspace: Workspace) -> str | None:
    file = workspace.root / "CURRENT"
    return file.read_text().strip() if file.exists() else None

"""Provisional signals of the intraday lane, beside a release and never in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl

from workspace.folder import Folder
from workspace.intraday.store import state_of


@dataclass(frozen=True, kw_only=True)
class Provisional:
    """Signals by unit id, of the release they were held against.

    `token` changes with their content; `looked_at` is None where the lane has never looked.
    """

    release_id: str | None = None
    looked_at: datetime | None = None
    business_date: date | None = None
    token: str = "none"
    by_unit: dict[str, dict[str, Any]] = field(default_factory=dict)


class Signals:
    """The last look of the lane, read again when there is a newer one."""

    def __init__(self, home: Folder) -> None:
        """Remember the workspace."""
        self.home = home
        self._file: Path | None = None
        self._last = Provisional()
        self._reading = Lock()

    def beside(self, release_id: str) -> Provisional:
        """Return the signals held against a release.

        Those of another release say nothing beside this one: a publication clears what came
        before it, and the lane's next look raises again what is still open.
        """
        state = state_of(self.home)
        if state is None:
            return Provisional()
        with self._reading:
            if state.signals != self._file or state.looked_at != self._last.looked_at:
                rows = pl.read_parquet(state.signals).to_dicts()
                self._last = Provisional(
                    release_id=state.release_id,
                    looked_at=state.looked_at,
                    business_date=state.business_date,
                    token=state.signals.name.split(".")[1],
                    by_unit={f"{row['product_id']}@{row['site_id']}": row for row in rows},
                )
                self._file = state.signals
            last = self._last
        if last.release_id == release_id:
            return last
        return Provisional(looked_at=last.looked_at, business_date=last.business_date)

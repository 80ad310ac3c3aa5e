"""The night as Dagster's assets see it: one workspace, its working database, its lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property

import dagster as dg
import duckdb

from orchestration import settings
from workspace.folder import Backfill, Workspace, open_workspace
from workspace.lease import lease
from workspace.warehouse import connect

NIGHTS = dg.DynamicPartitionsDefinition(name="business_date")


class Night(dg.ConfigurableResource):
    """What every step of a night shares.

    A backfill says so and names the release that its nights follow; see `workspace.backfill`.
    Steps open the working database for as long as they need it and close it again: dbt's process
    can only write while nobody else has the file open.
    """

    is_backfill: bool = False
    follows: str | None = None

    @cached_property
    def workspace(self) -> Workspace:
        """Return the workspace this process serves."""
        backfill = Backfill(follows=self.follows) if self.is_backfill else None
        return open_workspace(settings.workspace_root(), inbox=settings.inbox(), backfill=backfill)

    def warehouse(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open the working database."""
        return connect(self.workspace.warehouse)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Night]:  # noqa: ARG002
        """Hold the lease for as long as the run's process lives."""
        with lease(self.workspace.root / "lease.json"):
            settings.give_dbt(self.workspace.warehouse)
            yield self

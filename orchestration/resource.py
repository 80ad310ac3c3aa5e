"""The night as Dagster's assets see it: one workspace, its working database, its lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property

import dagster as dg
import duckdb

from orchestration import settings
from workspace.folder import Workspace, open_workspace
from workspace.lease import lease
from workspace.warehouse import connect

NIGHTS = dg.DynamicPartitionsDefinition(name="business_date")


class Night(dg.ConfigurableResource):
    """What every step of a night shares.

    Steps open the working database for as long as they need it and close it again: dbt's process
    can only write while nobody else has the file open.
    """

    @cached_property
    def workspace(self) -> Workspace:
        """Return the workspace this process serves."""
        return open_workspace(settings.workspace_root(), inbox=settings.inbox())

    def warehouse(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Open the working database."""
        return connect(self.workspace.warehouse)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Night]:  # noqa: ARG002
        """Hold the lease for as long as the run's process lives."""
        with lease(self.workspace.root / "lease.json"):
            settings.give_dbt(self.workspace.warehouse)
            yield self

"""The night as Dagster's assets see it: one workspace, its working database, its lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache, cached_property
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from orchestration import settings
from workspace.folder import Backfill, Workspace, open_workspace
from workspace.lease import lease
from workspace.warehouse import connect

NIGHTS = dg.DynamicPartitionsDefinition(name="business_date")


def served_workspace() -> Workspace:
    """Return the workspace that this process serves, as it is when definitions are loaded.

    Read once for all files of definitions; a step reads it anew.
    """
    return _opened(settings.workspace_root(), settings.inbox())


@cache
def _opened(root: Path, inbox: Path | None) -> Workspace:
    return open_workspace(root, inbox=inbox)


class Night(dg.ConfigurableResource):
    """What every step of a night shares.

    A backfill says so and names the release that its nights follow; see `workspace.backfill`.
    The working database stays open from the first step of a process that needs it to the last: to
    open and close it costs 50 to 130 ms, which ninety steps would pay. dbt has connections of its
    own, for which it is let go.
    """

    is_backfill: bool = False
    follows: str | None = None
    _held: list[duckdb.DuckDBPyConnection] = PrivateAttr(default_factory=list)

    @cached_property
    def workspace(self) -> Workspace:
        """Return the workspace this process serves."""
        backfill = Backfill(follows=self.follows) if self.is_backfill else None
        return open_workspace(settings.workspace_root(), inbox=settings.inbox(), backfill=backfill)

    def warehouse(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Return a connection to the working database."""
        if not self._held:
            self._held.append(duckdb.connect(str(self.workspace.warehouse)))
        return connect(self.workspace.warehouse)

    def let_go(self) -> None:
        """Close the working database, so that others can open it."""
        while self._held:
            self._held.pop().close()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Night]:
        """Hold the lease for as long as the run's process lives."""
        del context
        with lease(self.workspace.root / "lease.json"):
            settings.give_dbt(self.workspace.warehouse)
            try:
                yield self
            finally:
                self.let_go()

"""Overlays: firms and regions that join the company, kept apart until somebody approves.

The file of an overlay names the system; the ledger says how far things are. Without an acquisition
that is approved and in effect, or once its approval is taken back, the system is kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from workspace.config.overlay_file import OverlayFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Read
from workspace.given_rows import arrow_table, create_from
from workspace.yaml_file import Document

TABLE = "night.kept_apart"
STARTED = {"overlay_id": pa.string(), "namespace": pa.string()}
# Also apart is what was declared and has no overlay: nothing is one before anybody looked.
KEPT_APART = f"""
    create or replace table {TABLE} as
    with acquired as (
        select namespace, bool_or(is_approved and effective_date <= business_date) as is_approved
        from control.entity_declarations cross join night.parameters
        where declaration = 'acquire'
        group by namespace
    )

    select overlays.overlay_id, coalesce(overlays.namespace, acquired.namespace) as namespace
    from overlays_stated as overlays
    full join acquired on acquired.namespace = overlays.namespace
    where not coalesce(acquired.is_approved, false)
    order by namespace
"""


def check_overlays(
    overlays: Mapping[str, Read[OverlayFile]], systems: list[str], segments: dict[str, list[str]]
) -> list[TierwiseError]:
    """Return a fault for each system, scheme and segment that there is not.

    `segments` are those of each scheme that classifies customers.
    """
    faults: list[TierwiseError] = []
    seen: dict[str, str] = {}
    for name, read in overlays.items():
        file, document = read.value, read.document
        if file.namespace is None:
            continue
        first = seen.setdefault(file.namespace, name)
        if file.namespace not in systems:
            near = suggestion(file.namespace, systems)
            cause = f"`{file.namespace}` is no system of this workspace.{near}"
            faults.append(_fault(document, ("namespace",), "CONFIG_REFERENCE", cause))
        elif first != name:
            cause = f"Overlay {first} is about `{file.namespace}` already."
            faults.append(_fault(document, ("namespace",), "CONFIG_VALUE", cause))
        for scheme, segment in file.starter.items():
            known = segments.get(scheme)
            if known is None:
                cause = f"`{scheme}` is no scheme of customers.{suggestion(scheme, list(segments))}"
            elif segment not in known:
                cause = f"`{segment}` is no segment of {scheme}.{suggestion(segment, known)}"
            else:
                continue
            faults.append(_fault(document, ("starter", scheme), "CONFIG_REFERENCE", cause))
    return faults


def _fault(document: Document, path: tuple[str, ...], code: str, cause: str) -> TierwiseError:
    return TierwiseError(code, place=document.place(path), cause=cause)


def land_kept_apart(
    connection: duckdb.DuckDBPyConnection, overlays: Mapping[str, Read[OverlayFile]]
) -> None:
    """Create night.kept_apart, one row per system that is; reads what the ledger declares."""
    rows = [
        (name, read.value.namespace)
        for name, read in overlays.items()
        if read.value.namespace is not None
    ]
    create_from(connection, "overlays_stated", arrow_table(STARTED, rows), is_temporary=True)
    connection.execute(KEPT_APART)
    connection.execute("drop table overlays_stated")


def kept_apart(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the systems that are kept apart tonight."""
    rows = connection.execute(f"select namespace from {TABLE} order by all").fetchall()
    return [namespace for (namespace,) in rows]

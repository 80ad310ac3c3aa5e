"""From which delivered columns each column of an entity comes, read off the mappings."""

from __future__ import annotations

from sqlglot import exp

from workspace.folder import Workspace
from workspace.ingest.mapping_check import check_mappings


def entity_upstream(workspace: Workspace, entity: str) -> dict[str, list[tuple[str, str]]]:
    """Return entity column → [(delivered.<system>__<extract>, delivered column)]."""
    found: dict[str, set[tuple[str, str]]] = {}
    for checked in check_mappings(workspace, entity)[0]:
        system = checked.source.system
        tables = {"t": f"delivered.{system}__{checked.mapping.extract}"}
        for alias, lookup in checked.mapping.lookups.items():
            tables[alias] = f"delivered.{system}__{lookup.extract}"
        for column, tree in checked.columns.items():
            read = {(tables[c.table], c.name) for c in tree.find_all(exp.Column)}
            found.setdefault(column, set()).update(read)
    return {column: sorted(sources) for column, sources in found.items()}

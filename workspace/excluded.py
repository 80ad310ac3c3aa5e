"""Segments beside a scheme's own: those of units that a ladder excludes."""

from __future__ import annotations

from models.segmentation.conditions import RuleError
from models.segmentation.methods.matrix import Matrix
from models.segmentation.reads import columns_read
from models.segmentation.scheme import Scheme
from workspace.config.fallback_file import ExcludeRung
from workspace.folder import Workspace
from workspace.table_contract import feature_columns


def excluded_segments(workspace: Workspace, scheme: Scheme) -> list[str]:
    """Return where units stand that a ladder of a feature which the scheme reads excludes.

    None of a scheme whose conditions cannot be read, which is its fault.
    """
    if isinstance(scheme.method, Matrix):  # whose axes have them
        return []
    excluded = {
        each.column: rung.segment
        for each in workspace.edge_cases.fallbacks.attributes
        for rung in each.ladder
        if each.unit == scheme.unit and isinstance(rung, ExcludeRung)
    }
    try:
        read = columns_read(scheme, feature_columns(scheme.keys)).by_method if excluded else ()
    except RuleError:
        return []
    return [segment for column, segment in excluded.items() if column in read]

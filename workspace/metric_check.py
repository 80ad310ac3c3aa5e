"""What quality/metrics.yml must be true of: the feature tables and facts there are."""

from __future__ import annotations

from workspace.config.metric_file import Control, ThresholdMetric
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.quality_check import CONDITIONS, NUMBERS, check_kind
from workspace.table_contract import TableContract, contracts, feature_tables
from workspace.units import KIND_BY_KEY

Path = tuple[str | int, ...]


def check_metrics(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of quality/metrics.yml."""
    faults: list[TierwiseError] = []
    for name, metric in workspace.quality.metrics.metrics.items():
        place = ("metrics", name)
        table = next((t for t in feature_tables() if t.table == metric.table), None)
        if table is None or table.key not in KIND_BY_KEY:
            known = [t.table for t in feature_tables() if t.key in KIND_BY_KEY]
            cause = f"`{metric.table}` is no feature table.{suggestion(metric.table, known)}"
            faults.append(_fault(workspace, (*place, "table"), "CONFIG_REFERENCE", cause))
            continue
        faults += _check_column(workspace, (*place, "column"), table, metric)
        if metric.control is not None:
            faults += _check_control(workspace, (*place, "control"), table, metric.control)
    return faults


def _check_column(
    workspace: Workspace, path: Path, table: TableContract, metric: ThresholdMetric
) -> list[TierwiseError]:
    """Check that the metric is a number of the table."""
    types = {c.name: c.data_type for c in table.columns}
    if metric.column not in types:
        cause = f"`{metric.column}` is no column of {table.table}."
        cause += suggestion(metric.column, list(types))
        return [_fault(workspace, path, "CONFIG_UNKNOWN_COLUMN", cause)]
    try:
        check_kind(table, metric.column, NUMBERS, workspace.quality.metrics_document.place(path))
    except TierwiseError as error:
        return [error]
    return []


def _check_control(
    workspace: Workspace, path: Path, table: TableContract, control: Control
) -> list[TierwiseError]:
    """Check that the facts are of the unit, and that their expressions can be computed."""
    facts = contracts().get(f"facts.{control.table}")
    if facts is None or not set(table.key) <= {c.name for c in facts.columns}:
        cause = f"`{control.table}` is no fact table with {', '.join(table.key)}."
        return [_fault(workspace, (*path, "table"), "CONFIG_REFERENCE", cause)]
    if control.date not in {c.name for c in facts.columns if c.data_type == "date"}:
        cause = f"`{control.date}` is no date of {control.table}."
        return [_fault(workspace, (*path, "date"), "CONFIG_UNKNOWN_COLUMN", cause)]
    faults: list[TierwiseError] = []
    wanted = {"value": NUMBERS, "where": CONDITIONS}
    for key, text in (("value", control.value), ("where", control.where)):
        place = workspace.quality.metrics_document.place((*path, key))
        try:
            if text is not None:
                check_kind(facts, text, wanted[key], place)
        except TierwiseError as error:
            faults.append(error)
    return faults


def _fault(workspace: Workspace, path: Path, code: str, cause: str) -> TierwiseError:
    return TierwiseError(code, place=workspace.quality.metrics_document.place(path), cause=cause)

"""The rules of a scheme, checked before a night: conditions that can be read, and lint."""

from __future__ import annotations

from models.segmentation.conditions import RuleError, check_condition
from models.segmentation.errors import SchemeError
from workspace.config.rule_methods import DecisionTableMethod, DecisionTreeMethod
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.folder import Workspace
from workspace.rule_lint import lint_scheme
from workspace.schemes import to_scheme
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS

Path = tuple[str | int, ...]


def check_rules(workspace: Workspace, name: str) -> list[TierwiseError]:
    """Check the conditions of a scheme; where all can be read, what lint refuses."""
    return _unreadable(workspace, name) or _refused(workspace, name)


def check_conditions(workspace: Workspace) -> None:
    """Raise ConfigurationErrors with every condition of a scheme that cannot be read."""
    faults = [fault for name in workspace.schemes for fault in _unreadable(workspace, name)]
    if faults:
        raise ConfigurationErrors(faults)


def _unreadable(workspace: Workspace, name: str) -> list[TierwiseError]:
    read = workspace.schemes[name]
    columns = feature_columns(UNIT_KINDS[read.value.unit].key)
    faults: list[TierwiseError] = []
    for path, text in _conditions(read.value):
        try:
            check_condition(text, columns=columns)
        except RuleError as error:
            code = "CONFIG_UNKNOWN_COLUMN" if error.code == "RULE_UNKNOWN_COLUMN" else error.code
            faults.append(TierwiseError(code, place=read.document.place(path), cause=f"{error}"))
    for column in getattr(read.value.method, "monotone", {}):
        if column not in columns:
            place = read.document.place(("method", "monotone", column))
            cause = f"`{column}` is no feature of a {read.value.unit}."
            cause += suggestion(column, list(columns))
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
    return faults


def _refused(workspace: Workspace, name: str) -> list[TierwiseError]:
    try:
        to_scheme(workspace.schemes[name].value)
    except SchemeError:
        return []  # which the check of the scheme reports
    return [
        TierwiseError(placed.finding.code, place=placed.place, cause=placed.sentence)
        for placed in lint_scheme(workspace, name)
        if placed.finding.is_refused
    ]


def _conditions(file: SchemeFile) -> list[tuple[Path, str]]:
    """Return every condition of a scheme with its path."""
    found: list[tuple[Path, str]] = [
        (("first", number, "when"), rule.when) for number, rule in enumerate(file.first)
    ]
    if isinstance(file.method, DecisionTableMethod | DecisionTreeMethod):
        found += [(("method", *path), text) for path, text in file.method.conditions()]
    return found

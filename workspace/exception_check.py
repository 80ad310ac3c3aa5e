"""What segmentation/exceptions.yml must be true of: the schemes there are, and their segments."""

from __future__ import annotations

from collections.abc import Iterator

from models.segmentation.conditions import RuleError, check_condition
from models.segmentation.errors import SchemeError
from workspace.config.exception_file import DeclaredException
from workspace.config.strict import suggestion
from workspace.edge_cases import EXCEPTIONS
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.schemes import segments_of
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS

Fault = tuple[str, str, str]  # key, code, cause


def check_exceptions(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of segmentation/exceptions.yml."""
    return [
        TierwiseError(
            code,
            place=workspace.edge_cases.place(EXCEPTIONS, ("declared", number, key)),
            cause=cause,
        )
        for number, stated in enumerate(workspace.edge_cases.exceptions.declared)
        for key, code, cause in _faults(workspace, stated)
    ]


def _faults(workspace: Workspace, stated: DeclaredException) -> Iterator[Fault]:
    if stated.scheme not in workspace.schemes:
        cause = f"`{stated.scheme}` is no scheme.{suggestion(stated.scheme, [*workspace.schemes])}"
        yield "scheme", "CONFIG_REFERENCE", cause
        return
    try:
        segments = segments_of(workspace, stated.scheme)
    except SchemeError:
        return  # which the check of the scheme reports
    if stated.segment not in segments:
        cause = f"`{stated.segment}` is no segment of {stated.scheme}."
        yield "segment", "CONFIG_REFERENCE", cause + suggestion(stated.segment, segments)
    kind = UNIT_KINDS[workspace.schemes[stated.scheme].value.unit]
    for name in stated.units:
        if len(name.split("@")) != len(kind.key):
            cause = f"`{name}` is no {kind.name}: that is {'@'.join(kind.key)}."
            yield "units", "CONFIG_VALUE", cause
    if stated.when is not None:
        try:
            check_condition(stated.when, columns=feature_columns(kind.key))
        except RuleError as error:
            code = "CONFIG_UNKNOWN_COLUMN" if error.code == "RULE_UNKNOWN_COLUMN" else error.code
            yield "when", code, str(error)

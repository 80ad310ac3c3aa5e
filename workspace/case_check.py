"""What segmentation/cases.yml must be true of: the schemes, features and segments there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.segmentation.errors import SchemeError
from workspace.config.case_file import DecisionCase, Expected
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.edge_cases import CASES
from workspace.errors import TierwiseError
from workspace.fallback_check import Fault, Path, is_value, unknown
from workspace.folder import Workspace
from workspace.schemes import segments_of
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS


def check_cases(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of segmentation/cases.yml; whether cases come true is for lint."""
    return [
        TierwiseError(code, place=workspace.edge_cases.place(CASES, path), cause=cause)
        for number, case in enumerate(workspace.edge_cases.cases.cases)
        for path, code, cause in _faults(workspace, case, ("cases", number))
    ]


def _faults(workspace: Workspace, case: DecisionCase, path: Path) -> Iterator[Fault]:
    if case.scheme not in workspace.schemes:
        cause = f"`{case.scheme}` is no scheme.{suggestion(case.scheme, [*workspace.schemes])}"
        yield (*path, "scheme"), "CONFIG_REFERENCE", cause
        return
    file = workspace.schemes[case.scheme].value
    types = feature_columns(UNIT_KINDS[file.unit].key)
    yield from _values(case.values, (*path, "values"), file.unit, types)
    for number, peer in enumerate(case.peers):
        yield from _values(peer, (*path, "peers", number), file.unit, types)
    known = {column: last.value for column, last in case.last_known.items()}
    yield from _values(known, (*path, "last_known"), file.unit, types)
    yield from _values(dict.fromkeys(case.untrusted), (*path, "untrusted"), file.unit, types)
    for scheme in case.cuts:
        if scheme not in workspace.schemes:
            cause = f"`{scheme}` is no scheme.{suggestion(scheme, [*workspace.schemes])}"
            yield (*path, "cuts", scheme), "CONFIG_REFERENCE", cause
    try:
        segments = segments_of(workspace, case.scheme)
    except SchemeError:
        return  # which the check of the scheme reports
    yield from _expected(case.expect, file, [*segments, "unclassified"], (*path, "expect"))


def _values(
    values: Mapping[str, str | None], path: Path, unit: str, types: dict[str, str]
) -> Iterator[Fault]:
    """Check that the values are of features, and of their types."""
    for column, value in values.items():
        if column not in types:
            yield unknown((*path, column), column, unit, types)
        elif value is not None and not is_value(value, types[column]):
            cause = f"`{value}` is no {types[column]}, as `{column}` is."
            yield (*path, column), "CONFIG_VALUE", cause


def _expected(
    expect: Expected, file: SchemeFile, segments: list[str], path: Path
) -> Iterator[Fault]:
    """Check that what is expected can be."""
    if expect.segment not in segments:
        cause = f"`{expect.segment}` is no segment of {file.scheme}."
        cause += suggestion(expect.segment, segments)
        yield (*path, "segment"), "CONFIG_REFERENCE", cause
    first = [rule.rule for rule in file.first]
    of_method = f"{file.method.kind}."
    if expect.rule not in (None, "fallback", *first) and not str(expect.rule).startswith(of_method):
        cause = f"`{expect.rule}` is no rule of {file.scheme}.{suggestion(str(expect.rule), first)}"
        yield (*path, "rule"), "CONFIG_REFERENCE", cause

"""From a planner's scheme file to the scheme the mathematics knows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from itertools import product

from models.segmentation.methods.matrix import Matrix
from models.segmentation.scheme import Rule, Scheme
from workspace.config.matrix_method import MatrixMethod
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.excluded import excluded_segments
from workspace.folder import Workspace
from workspace.units import UNIT_KINDS

UNCLASSIFIED = "unclassified"


def to_scheme(file: SchemeFile) -> Scheme:
    """Return the scheme that a file states."""
    return Scheme(
        scheme_id=file.scheme,
        title=file.title,
        unit=file.unit,
        keys=UNIT_KINDS[file.unit].key,
        first_rules=tuple(
            Rule(rule_id=rule.rule, segment_id=rule.segment, when=rule.when) for rule in file.first
        ),
        method=file.method.method(),
        fallback_segment_id=file.fallback or UNCLASSIFIED,
        value_column=file.value,
        band=file.stability.band if file.stability else Decimal(0),
    )


def in_order(workspace: Workspace) -> list[Scheme]:
    """Return the schemes so that a matrix comes after the schemes it joins.

    Raises CONFIG_REFERENCE for a matrix over an unknown scheme, one whose units are no part of its
    own, or itself.
    """
    schemes = {name: to_scheme(read.value) for name, read in workspace.schemes.items()}
    graph: dict[str, tuple[str, ...]] = {}
    for name, scheme in sorted(schemes.items()):
        graph[name] = scheme.method.axes if isinstance(scheme.method, Matrix) else ()
        for number, parent in enumerate(graph[name]):
            cause = _not_joined(schemes, scheme, parent)
            if cause is not None:
                raise TierwiseError(
                    "CONFIG_REFERENCE", place=axis_place(workspace, name, number), cause=cause
                )
    try:
        return [schemes[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        place = str(workspace.root / "segmentation")
        cause = f"Schemes are built on each other in a circle: {' → '.join(error.args[1])}."
        raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause) from error


def axis_place(workspace: Workspace, name: str, number: int) -> str:
    """Return where the file of a matrix names one of its axes."""
    read = workspace.schemes[name]
    assert isinstance(read.value.method, MatrixMethod)
    return read.document.place(("method", *read.value.method.place_of(number)))


def _not_joined(schemes: Mapping[str, Scheme], scheme: Scheme, parent: str) -> str | None:
    """Return why a scheme is no axis of a matrix: its units must be parts of the matrix's."""
    if parent not in schemes:
        return f"`{parent}` is no scheme.{suggestion(parent, list(schemes))}"
    kind, other = UNIT_KINDS[scheme.unit], UNIT_KINDS[schemes[parent].unit]
    if set(other.key) <= set(kind.known):
        return None
    return f"`{parent}` classifies a {other.title}, which is no part of a {kind.title}."


def segments_of(workspace: Workspace, name: str) -> list[str]:
    """Return every segment that a scheme can give, in the order of its file.

    `unclassified` and fallbacks that are classes of the method are not listed twice.
    """
    file = workspace.schemes[name].value
    first = [rule.segment for rule in file.first]
    found = list(file.method.method().segments)
    if isinstance(file.method, MatrixMethod):
        method = file.method.method()
        _, passing = axis_classes(workspace, method)
        found = [*(found or map(method.cell, combinations(workspace, method))), *passing]
    fallback = [file.fallback] if file.fallback else []
    excluded = excluded_segments(workspace, to_scheme(file))
    return list(dict.fromkeys([*first, *found, *fallback, *excluded]))


def combinations(workspace: Workspace, matrix: Matrix) -> list[tuple[str, ...]]:
    """Return every combination of classes of a matrix's axes that makes a cell."""
    return list(product(*axis_classes(workspace, matrix)[0]))


def axis_classes(workspace: Workspace, matrix: Matrix) -> tuple[list[list[str]], list[str]]:
    """Return the classes of each axis, and the segments that pass through the matrix."""
    given = [segments_of(workspace, axis) for axis in matrix.axes]
    classes = [[s for s in segments if s not in matrix.pass_through] for segments in given]
    passing = [s for segments in given for s in segments if s in matrix.pass_through]
    return classes, list(dict.fromkeys(passing))

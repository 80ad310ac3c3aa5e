"""What a matrix must be true of, by the schemes that it joins."""

from __future__ import annotations

from collections import defaultdict

from models.segmentation.errors import SchemeError
from models.segmentation.methods.matrix import Matrix
from workspace.config.matrix_method import MatrixMethod
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.schemes import axis_classes, axis_place, combinations

SHOWN = 3


def check_matrix(workspace: Workspace, name: str) -> list[TierwiseError]:
    """Check that each cell has a name of its own, and that a rule for conflicts knows all classes.

    The schemes that it joins must have been found sound: those of `in_order`.
    """
    stated = workspace.schemes[name].value.method
    if not isinstance(stated, MatrixMethod):
        return []
    matrix = stated.method()
    try:
        if matrix.resolution is None:
            return _ambiguous(workspace, name, matrix)
        return _unordered(workspace, name, matrix)
    except SchemeError:
        return []  # which the check of the scheme it joins reports


def _ambiguous(workspace: Workspace, name: str, matrix: Matrix) -> list[TierwiseError]:
    """Refuse two combinations of one name."""
    cells: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for combination in combinations(workspace, matrix):
        cells[matrix.cell(combination)].append(combination)
    for passing in axis_classes(workspace, matrix)[1]:
        if passing in cells:
            cells[passing].append((passing,))
    doubled = [
        f"{cell} is {' and '.join(' with '.join(made) for made in found)}"
        for cell, found in cells.items()
        if len(found) > 1
    ]
    if not doubled:
        return []
    cause = f"Two cells have one name: {'; '.join(doubled[:SHOWN])}. A `separator` parts them."
    place = workspace.schemes[name].document.place(("method",))
    return [TierwiseError("CONFIG_VALUE", place=place, cause=cause)]


def _unordered(workspace: Workspace, name: str, matrix: Matrix) -> list[TierwiseError]:
    """Refuse a rule for conflicts that has no place for a class which an axis gives."""
    assert matrix.resolution is not None
    faults = []
    for number, classes in enumerate(axis_classes(workspace, matrix)[0]):
        absent = [each for each in classes if each not in matrix.resolution.classes]
        if absent:
            axis = matrix.axes[number]
            cause = f"`{axis}` gives {', '.join(absent)}, which `resolve` does not order."
            place = axis_place(workspace, name, number)
            faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults

"""One scheme of a workspace: its own consistency, and the features that it names."""

from __future__ import annotations

from models.segmentation.errors import SchemeError
from workspace.config.matrix_method import MatrixMethod
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.schemes import to_scheme
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS


def check_scheme(workspace: Workspace, name: str) -> list[TierwiseError]:
    """Check a scheme's own consistency, and the features that it names."""
    read = workspace.schemes[name]
    faults: list[TierwiseError] = []
    named: list[tuple[tuple[str, ...], str]] = [(("value",), read.value.value)]
    try:
        to_scheme(read.value)
        named = [(("method", key), column) for key, column in _named_columns(read.value)] + named
    except SchemeError as error:
        place = read.document.place(("method", "cuts"))
        faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=f"{error}."))
    columns = feature_columns(UNIT_KINDS[read.value.unit].key)
    for path, column in named:
        if column not in columns:
            place = read.document.place(path)
            cause = f"`{column}` is no feature of a {read.value.unit}."
            cause += suggestion(column, list(columns))
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
    return faults


def _named_columns(file: SchemeFile) -> list[tuple[str, str]]:
    """Return key and column for every feature that a method names; a matrix names schemes."""
    if isinstance(file.method, MatrixMethod):
        return []
    reads = file.method.method().reads
    stated = file.method.model_dump()
    return [
        (key, column)
        for key, value in stated.items()
        for column in (value if isinstance(value, tuple | dict) else (value,))
        if isinstance(column, str) and column in reads
    ]

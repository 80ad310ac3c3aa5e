"""The strictness all configuration shares: unknown keys are refused, values are frozen."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.yaml_file import Document, read_yaml


class Strict(BaseModel):
    """A frozen record that knows no keys but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def completed(cls, document: Document) -> Document:
        """Return the document with what it takes over from others; a kind of file may do so."""
        return document


Model = TypeVar("Model", bound=Strict)
Shape = TypeVar("Shape", bound=BaseModel)


def load(kind: type[Model], file: Path) -> tuple[Model, Document]:
    """Read one file into its model, with the document that knows the places of its values.

    Raises ConfigurationErrors with every fault found, each with file, line and column.
    """
    try:
        document = read_yaml(file)
    except TierwiseError as error:
        raise ConfigurationErrors([error]) from error
    if document.value is None:
        document = Document(file=file, value={}, places=document.places)
    document = kind.completed(document)
    return validated(kind, document), document


def load_optional(kind: type[Model], file: Path) -> tuple[Model | None, Document]:
    """Read one file as `load` does; one that is not there has no model, and an empty document."""
    if not file.exists():
        return None, Document(file=file, value={}, places={})
    return load(kind, file)


def validated(kind: type[Shape], document: Document) -> Shape:
    """Return the model of a document; raises ConfigurationErrors with every fault found."""
    try:
        return kind.model_validate(document.value)
    except ValidationError as error:
        raise ConfigurationErrors(_faults(kind, document, error.errors())) from error


def _faults(
    kind: type[BaseModel], document: Document, details: list[ErrorDetails]
) -> list[TierwiseError]:
    """Return a fault for each detail; where each form of a value is refused, one for all forms."""
    merged: dict[tuple[str, tuple[int | str, ...]], ErrorDetails] = {}
    for detail in details:
        path = _path_in_file(document, detail["loc"])
        key = (detail["type"], detail["loc"])
        if detail["type"] not in {"missing", "extra_forbidden"}:
            key = ("value", path)
        if key in merged:
            merged[key]["msg"] += f", or: {detail['msg']}"
        else:
            merged[key] = detail
    return [_fault(kind, document, detail) for detail in merged.values()]


def _fault(kind: type[BaseModel], document: Document, detail: ErrorDetails) -> TierwiseError:
    path = _path_in_file(document, detail["loc"])
    name = ".".join(str(part) for part in path)
    if detail["type"] == "extra_forbidden":
        cause = f"`{name}` is not a key here.{suggestion(str(path[-1]), _known_keys(kind))}"
        return TierwiseError("CONFIG_UNKNOWN_KEY", place=document.place(path), cause=cause)
    if detail["type"] == "missing":
        missing = ".".join(str(part) for part in (*path, detail["loc"][-1]))
        cause = f"`{missing}` is missing."
        return TierwiseError("CONFIG_VALUE", place=document.place(path), cause=cause)
    cause = f"`{name}`: {detail['msg']}."
    return TierwiseError("CONFIG_VALUE", place=document.place(path), cause=cause)


def _path_in_file(document: Document, loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Drop the parts of pydantic's location (union tags) that are not in the file."""
    path: tuple[int | str, ...] = ()
    for part in loc:
        if (*path, part) in document.places:
            path = (*path, part)
    return path


def _known_keys(kind: type[BaseModel]) -> list[str]:
    schema = kind.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in parts for key in part.get("properties", {})})


def suggestion(word: str, known: list[str]) -> str:
    """Return ` Did you mean …?` for the nearest known word, or nothing."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""

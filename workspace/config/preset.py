"""Presets: what a known system delivers, kept once in workspace/presets/<name>/, to extend by name.

A source file that extends a preset says only what differs. It is merged with the preset before it
is validated, and every value keeps the place where it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from workspace.config.strict import suggestion, validated
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.yaml_file import Document, read_yaml

FOLDER = Path(__file__).parent.parent / "presets"
Route = tuple[str | int, ...]
# Lists of a company's that come after the preset's; any other list takes its place.
ADDED = {"skip", "checks"}


def presets() -> list[str]:
    """Return the names of all presets."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


@cache
def read_preset(name: str) -> Document:
    """Return the files of a preset as one document.

    Its keys are those of a source file: description, kind, format, extracts, mappings.
    """
    whole = Composed()
    value: dict[str, Any] = {"extracts": {}, "mappings": []}
    for file in sorted((FOLDER / name).glob("*.yml")):
        part = read_yaml(file)
        for key in part.value:
            taken = whole.copied(part, (key,), (key,), first=len(value["mappings"]))
            if key in ("extracts", "mappings"):
                joined = value[key]
                joined.update(taken) if isinstance(joined, dict) else joined.extend(taken)
            else:
                value[key] = taken
    return whole.document(FOLDER / name, value)


@dataclass(kw_only=True)
class Composed:
    """Values taken from several documents, each with the place where it was written."""

    places: dict[Route, tuple[int, int]] = field(default_factory=dict)
    files: dict[Route, Path] = field(default_factory=dict)
    faults: list[TierwiseError] = field(default_factory=list)

    def document(self, file: Path, value: Any, notes: tuple[str, ...] = ()) -> Document:
        """Return what has been composed."""
        return Document(file=file, value=value, places=self.places, files=self.files, notes=notes)

    def placed(self, origin: Document, route: Route, to: Route) -> None:
        """Let a value stand where it stands in its own file."""
        if route in origin.places:
            self.places[to] = origin.places[route]
            self.files[to] = origin.files.get(route, origin.file)

    def copied(self, origin: Document, route: Route, to: Route, *, first: int = 0) -> Any:
        """Take over a value and all below it; a list's items are numbered from `first`."""
        self.placed(origin, route, to)
        value = at(origin, route)
        if isinstance(value, dict):
            return {key: self.copied(origin, (*route, key), (*to, key)) for key in value}
        if isinstance(value, list):
            return [
                self.copied(origin, (*route, number), (*to, first + number))
                for number in range(len(value))
            ]
        return value

    def merged(self, own: Document, route: Route, preset: Document, below: Route, to: Route) -> Any:
        """Lay a value of the company's over one of the preset's, key by key.

        Null takes out what the preset gives; lists of skips and checks add up.
        """
        over, under = at(own, route), at(preset, below)
        if isinstance(over, dict) and isinstance(under, str) and to[-2:-1] == ("columns",):
            under = {"type": under}
        if isinstance(over, list) and isinstance(under, list) and to[-1] in ADDED:
            kept = self.copied(preset, below, to)
            return [*kept, *self.copied(own, route, to, first=len(kept))]
        if not (isinstance(over, dict) and isinstance(under, dict)):
            return self.copied(own, route, to)
        self.placed(own, route, to)
        result: dict[str, Any] = {}
        for key in {**under, **over}:
            step = ((*route, key), (*below, key), (*to, key))
            if key not in over:
                result[key] = under[key] if key == "type" else self.copied(preset, *step[1:])
            elif key not in under:
                result[key] = self.copied(own, step[0], step[2])
            elif over[key] is not None:
                result[key] = self.merged(own, step[0], preset, step[1], step[2])
        return result

    def fault(self, code: str, place: str, cause: str) -> None:
        """Book a fault of the company's file."""
        self.faults.append(TierwiseError(code, place=place, cause=cause))

    def raise_faults(self) -> None:
        """Raise ConfigurationErrors with all that was booked."""
        if self.faults:
            raise ConfigurationErrors(self.faults)


def at(document: Document, route: Route) -> Any:
    """Return the value at a route; a step through a column's short form leads to nothing."""
    value: Any = document.value
    steps: tuple[Any, ...] = route
    for step in steps:
        value = value[step] if isinstance(value, dict | list) else None
    return value


class _Loose(BaseModel):
    """The shape of a part: the rest of it is judged once it is laid over the preset."""

    model_config = ConfigDict(extra="allow")


class _Lookup(_Loose):
    extract: str | None = None
    on: dict[str, str | None] | None = None


class _Mapping(_Loose):
    entity: str
    extract: str
    where: str | None = None
    lookups: dict[str, _Lookup | None] | None = None
    columns: dict[str, str | None] | None = None


class _Extract(_Loose):
    columns: dict[str, str | dict[str, Any] | None] | None = None
    skip: list[dict[str, Any]] | None = None
    checks: list[dict[str, Any]] | None = None


class _Partial(_Loose):
    """A source file that extends a preset, as far as it must be sound to be laid over it."""

    extends: str
    extracts: dict[str, _Extract | None]
    mappings: list[_Mapping] | None = None


def named_preset(document: Document) -> Document | None:
    """Return the preset that a source file extends, which has the shape to be laid over it.

    Raises ConfigurationErrors with CONFIG_REFERENCE where there is none of that name.
    """
    if not isinstance(document.value, dict) or document.value.get("extends") is None:
        return None
    name = validated(_Partial, document).extends
    if name not in presets():
        cause = f"`{name}` is no preset.{suggestion(name, presets())}"
        place = document.place(("extends",))
        raise ConfigurationErrors([TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)])
    return read_preset(name)


def columns_read(expression: Any) -> Iterator[tuple[str, str]]:
    """Yield alias ('' for the extract itself) and lower-case name of each column read."""
    import sqlglot  # a third of a second, for those who use a preset
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(f"select {expression}", read="duckdb")
    except SqlglotError:
        return  # the check of expressions says so, with its place
    for column in tree.find_all(exp.Column):
        yield column.table, column.name.lower()

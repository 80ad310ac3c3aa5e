"""Strict YAML: every scalar stays text until a schema types it, and every value knows its place.

Reading events instead of composed nodes lets us refuse aliases, tags, duplicate keys, size and
depth before anything is built: a bomb costs as much as its bytes. The events are those of libyaml,
which reads the 170 contracts of a night ten times as fast as a parser in Python. That it is of YAML
1.1 is of no account: the versions differ in what an untyped scalar is, and here it is text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from workspace.errors import TierwiseError

SIZE_LIMIT_BYTES = 1_000_000
DEPTH_LIMIT = 20
NULL_WORDS = {"", "~", "null"}


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed file: its value, and line and column (from 1) of every key and item.

    A file that extends others is one document with them: `files` names the file of each value
    that stands in another one, `notes` say what of the others is not used.
    """

    file: Path
    value: Any
    places: dict[tuple[str | int, ...], tuple[int, int]]
    files: dict[tuple[str | int, ...], Path] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def place(self, path: tuple[str | int, ...]) -> str:
        """Return `file:line:column` of the deepest known part of a path."""
        known = tuple(part for part in path if part != "[key]")
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return f"{self.files.get(known, self.file)}:{line}:{column}"


@dataclass(kw_only=True)
class _Level:
    """One open mapping or sequence while events are read."""

    value: Any
    path: tuple[str | int, ...]
    key: str | None = None
    keys_seen: set[str] = field(default_factory=set)


def read_yaml(file: Path) -> Document:
    """Read one YAML file strictly.

    Raises TierwiseError with CONFIG_MISSING, CONFIG_LIMIT, CONFIG_FORBIDDEN, CONFIG_DUPLICATE_KEY
    or CONFIG_SYNTAX, each with line and column where there is one.
    """
    if not file.is_file():
        raise TierwiseError("CONFIG_MISSING", place=str(file), cause="There is no such file.")
    if file.stat().st_size > SIZE_LIMIT_BYTES:
        raise TierwiseError("CONFIG_LIMIT", place=str(file), cause="The file is over 1 MB.")
    try:
        return parse_yaml(file.read_text(encoding="utf-8"), file)
    except UnicodeDecodeError as error:
        raise TierwiseError("CONFIG_SYNTAX", place=str(file), cause=f"{error}.") from error


def parse_yaml(text: str, file: Path) -> Document:
    """Read the text of a YAML file strictly; raises as `read_yaml` does, with the file's name."""
    reader = _Reader(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else str(file)
        raise TierwiseError("CONFIG_SYNTAX", place=place, cause=f"{error.problem}.") from error
    except yaml.YAMLError as error:
        raise TierwiseError("CONFIG_SYNTAX", place=str(file), cause=f"{error}.") from error
    return Document(file=file, value=reader.value, places=reader.places)


class _Reader:
    """Builds plain values from parser events."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.value: Any = None
        self.places: dict[tuple[str | int, ...], tuple[int, int]] = {}
        self.levels: list[_Level] = []
        self.has_begun = False

    def take(self, event: Any) -> None:
        self._refuse_forbidden(event)
        if isinstance(event, DocumentStartEvent):
            if self.has_begun:
                self._fail("CONFIG_SYNTAX", event, "A second document begins here.")
            self.has_begun = True
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open({} if isinstance(event, MappingStartEvent) else [], event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.levels.pop()
        elif isinstance(event, ScalarEvent):
            self._scalar(event)

    def _refuse_forbidden(self, event: Any) -> None:
        tag = getattr(event, "tag", None)
        explicit = tag is not None and str(tag) not in {"!", "None"}
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) or explicit:
            self._fail("CONFIG_FORBIDDEN", event, "An anchor, alias or tag stands here.")

    def _open(self, value: Any, event: Any) -> None:
        if len(self.levels) >= DEPTH_LIMIT:
            self._fail("CONFIG_LIMIT", event, f"Nested deeper than {DEPTH_LIMIT} levels.")
        path = self._attach(value, event)
        self.levels.append(_Level(value=value, path=path))

    def _scalar(self, event: Any) -> None:
        level = self.levels[-1] if self.levels else None
        if level is not None and isinstance(level.value, dict) and level.key is None:
            if event.value in level.keys_seen:
                self._fail("CONFIG_DUPLICATE_KEY", event, f"`{event.value}` stands here twice.")
            level.keys_seen.add(event.value)
            level.key = event.value
            self.places[(*level.path, event.value)] = self._position(event)
            return
        plain = event.style is None or event.style == ""
        self._attach(None if plain and event.value in NULL_WORDS else event.value, event)

    def _attach(self, value: Any, event: Any) -> tuple[str | int, ...]:
        if not self.levels:
            self.value = value
            self.places[()] = self._position(event)
            return ()
        level = self.levels[-1]
        if isinstance(level.value, list):
            path = (*level.path, len(level.value))
            level.value.append(value)
            self.places[path] = self._position(event)
            return path
        if level.key is None:
            self._fail("CONFIG_SYNTAX", event, "A key must be a single word or phrase.")
        path = (*level.path, str(level.key))
        level.value[level.key] = value
        level.key = None
        return path

    def _position(self, event: Any) -> tuple[int, int]:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _fail(self, code: str, event: Any, cause: str) -> None:
        line, column = self._position(event)
        raise TierwiseError(code, place=f"{self.file}:{line}:{column}", cause=cause)

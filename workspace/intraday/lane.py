"""The workspace as the intraday lane sees it: the extracts it needs, and a store of its own."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from workspace.config.source_file import SourceFile
from workspace.errors import TierwiseError
from workspace.folder import Folder, Read, Workspace

UNIT_CODES = "unit_codes"


class Lane(Workspace):
    """A workspace that keeps what it parses apart from the night's, and shares the archive.

    A night may run meanwhile: neither sees what the other has half written.
    """

    @property
    def landed(self) -> Path:
        """Return the parts of the lane; disposable."""
        return store_of(self) / "landed"

    @property
    def known_files(self) -> Path:
        """Return the hashes the lane remembers; disposable."""
        return store_of(self) / "known_files.json"


def store_of(home: Folder) -> Path:
    """Return the lane's folder in a workspace."""
    return home.root / "intraday"


def intraday_extracts(workspace: Workspace) -> set[tuple[str, str]]:
    """Return system and name of every extract whose files arrive between nights."""
    return {
        (read.value.system, name)
        for read in workspace.sources.values()
        for name, extract in read.value.extracts.items()
        if extract.delivery.mode == "intraday"
    }


def lane_of(workspace: Workspace) -> Lane:
    """Return the lane of a workspace: intraday extracts, what they look up, and unit codes.

    None of them is required here: a file that cannot be read must not keep the others waiting.
    The lane's folder is there afterwards.
    Raises CONFIG_VALUE where no extract is delivered between nights.
    """
    if not intraday_extracts(workspace):
        cause = "No extract has `delivery: {mode: intraday}`."
        raise TierwiseError("CONFIG_VALUE", place=str(workspace.root / "sources"), cause=cause)
    store_of(workspace).mkdir(exist_ok=True)
    needed = _needed(workspace)
    sources = {
        name: Read(value=_narrowed(read.value, needed), document=read.document)
        for name, read in workspace.sources.items()
    }
    kept = {field.name: getattr(workspace, field.name) for field in fields(workspace)}
    return Lane(**{**kept, "sources": sources})


def _needed(workspace: Workspace) -> set[tuple[str, str]]:
    """Return the extracts the lane lands; whatever a mapping of one looks up is one of them."""
    mappings = [
        (read.value.system, mapping)
        for read in workspace.sources.values()
        for mapping in read.value.mappings
    ]
    needed = intraday_extracts(workspace)
    needed |= {(system, m.extract) for system, m in mappings if m.entity == UNIT_CODES}
    while True:
        looked_up = {
            (system, lookup.extract)
            for system, mapping in mappings
            if (system, mapping.extract) in needed
            for lookup in mapping.lookups.values()
        }
        if looked_up <= needed:
            return needed
        needed |= looked_up


def _narrowed(source: SourceFile, needed: set[tuple[str, str]]) -> SourceFile:
    """Return a source with the extracts needed, none of them required, and their mappings."""
    extracts = {
        name: extract.model_copy(update={"required": False})
        for name, extract in source.extracts.items()
        if (source.system, name) in needed
    }
    mappings = tuple(mapping for mapping in source.mappings if mapping.extract in extracts)
    return source.model_copy(update={"extracts": extracts, "mappings": mappings})

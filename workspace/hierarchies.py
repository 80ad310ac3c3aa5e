"""What a workspace says of its trees: golden/hierarchies.yml, which is optional."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workspace.config.hierarchy_file import HierarchyFile
from workspace.config.strict import load_optional
from workspace.yaml_file import Document


@dataclass(frozen=True, kw_only=True)
class Hierarchies:
    """The file and the document that knows its places; `files` are all that was read."""

    file: HierarchyFile
    document: Document
    files: tuple[Path, ...] = field(default=())


def read_hierarchies(root: Path) -> Hierarchies:
    """Read golden/hierarchies.yml; without it nothing must agree and nothing is settled.

    Raises ConfigurationErrors with every fault of the file.
    """
    file, document = load_optional(HierarchyFile, root / "golden" / "hierarchies.yml")
    files = (document.file,) if file else ()
    return Hierarchies(file=file or HierarchyFile(), document=document, files=files)

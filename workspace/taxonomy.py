"""The vocabulary of segments and its crosswalks: segmentation/taxonomy.yml, which is optional."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workspace.config.strict import load_optional
from workspace.config.taxonomy_file import TaxonomyFile
from workspace.yaml_file import Document

FILE = "taxonomy.yml"


@dataclass(frozen=True, kw_only=True)
class Taxonomy:
    """The file, and the document that knows its places; a workspace without one has no `file`."""

    file: TaxonomyFile | None
    document: Document
    files: tuple[Path, ...] = field(default=())


def read_taxonomy(root: Path) -> Taxonomy:
    """Read segmentation/taxonomy.yml; raises ConfigurationErrors with every fault of the file."""
    file, document = load_optional(TaxonomyFile, root / "segmentation" / FILE)
    return Taxonomy(file=file, document=document, files=(document.file,) if file else ())

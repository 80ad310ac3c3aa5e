"""What a workspace says of units that are not as usual: substitutes, exceptions, cases.

Three files below segmentation/, all optional.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workspace.config.case_file import CaseFile
from workspace.config.exception_file import ExceptionFile
from workspace.config.fallback_file import FallbackFile
from workspace.config.strict import Model, load_optional
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.yaml_file import Document

FALLBACKS, EXCEPTIONS, CASES = "fallbacks.yml", "exceptions.yml", "cases.yml"
FILES = (FALLBACKS, EXCEPTIONS, CASES)


@dataclass(frozen=True, kw_only=True)
class EdgeCases:
    """The three files, with the documents that know the places of their values."""

    fallbacks: FallbackFile
    exceptions: ExceptionFile
    cases: CaseFile
    documents: dict[str, Document]

    def place(self, file: str, path: tuple[str | int, ...]) -> str:
        """Return `file:line:column` of a value of one of the files."""
        return self.documents[file].place(path)


def read_edge_cases(root: Path) -> EdgeCases:
    """Read the three files; raises ConfigurationErrors with every fault of all of them."""
    faults: list[TierwiseError] = []
    documents: dict[str, Document] = {}

    def attempt(kind: type[Model], name: str) -> Model:
        try:
            value, documents[name] = load_optional(kind, root / "segmentation" / name)
        except ConfigurationErrors as errors:
            faults.extend(errors.errors)
            return kind()
        return value or kind()

    found = EdgeCases(
        fallbacks=attempt(FallbackFile, FALLBACKS),
        exceptions=attempt(ExceptionFile, EXCEPTIONS),
        cases=attempt(CaseFile, CASES),
        documents=documents,
    )
    if faults:
        raise ConfigurationErrors(faults)
    return found

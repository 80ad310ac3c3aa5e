"""The contract of one extract as ingest uses it: columns, dialect, checked mappings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from workspace.config.file_format import Format
from workspace.config.source_file import Extract, SourceFile
from workspace.folder import Workspace
from workspace.ingest.expressions import checked
from workspace.ingest.mapping_check import CheckedMapping, check_mappings
from workspace.ingest.parsing import identifier, trimmed
from workspace.yaml_file import Document


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One extract with everything that is said of it; `mappings` keep their order in the file."""

    source: SourceFile
    document: Document
    name: str
    extract: Extract
    dialect: Format
    mappings: tuple[CheckedMapping, ...]

    @property
    def place(self) -> str:
        """Name the extract in an error."""
        return f"{self.source.system}.{self.name}"

    def key_values(self) -> list[str]:
        """Return SQL for the key: blanks around a text make no other key, here or in an entity."""
        columns = self.extract.columns
        return [
            trimmed(identifier(name)) if columns[name].type == "text" else identifier(name)
            for name in self.extract.key
        ]

    def mangled_keys(self) -> dict[str, str]:
        """Return SQL by key column: a spreadsheet has written a long id as 4.00638E+12.

        DuckDB computes both sides of an `and`, but of a `case` only what it comes to.
        """
        return {
            name: f"case when t.{identifier(name)} like '%E+%' then "
            f"regexp_full_match(trim(t.{identifier(name)}), '[0-9]([.,][0-9]+)?E[+][0-9]+') end"
            for name in self.extract.key
            if self.extract.columns[name].type == "text"
        }

    def condition(self, text: str, *path: str | int) -> str:
        """Return SQL of a checked condition on the extract's columns, whose alias is t."""
        place = self.document.place(("extracts", self.name, *path))
        return sql(checked(text, {"t": set(self.extract.columns)}, default="t", place=place))


def sql(tree: exp.Expression) -> str:
    """Write a checked expression for DuckDB."""
    return tree.sql(dialect="duckdb")


def contract_of(workspace: Workspace, source: SourceFile, name: str) -> Contract:
    """Gather the contract of an extract.

    Raises the first fault of a mapping as TierwiseError.
    """
    mappings, faults = check_mappings(workspace, system=source.system)
    if faults:
        raise faults[0]
    return Contract(
        source=source,
        document=workspace.sources[source.system].document,
        name=name,
        extract=source.extracts[name],
        dialect=source.format_of(name),
        mappings=tuple(m for m in mappings if m.mapping.extract == name),
    )

"""Mappings as they stand in the contracts, checked: every name known, every expression parsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from workspace.config.entities import entities
from workspace.config.source_file import Mapping, SourceFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.ingest.expressions import checked
from workspace.yaml_file import Document

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class CheckedMapping:
    """A mapping whose every expression has been parsed, with columns qualified by alias."""

    source: SourceFile
    mapping: Mapping
    namespace: str
    columns: dict[str, exp.Expression]
    where: exp.Expression | None
    lookups: dict[str, list[tuple[exp.Expression, exp.Expression]]]

    @property
    def place(self) -> tuple[str, str]:
        """Return the extract that it reads, by system and name."""
        return self.source.system, self.mapping.extract

    def from_clause(self) -> str:
        """Return the extract and its lookups, joined; the extract's alias is t."""
        system = self.source.system
        joins = [
            f"left join {table_of(system, self.mapping.lookups[alias].extract)} as {alias} on "
            + " and ".join(f"{a.sql(dialect='duckdb')} = {b.sql(dialect='duckdb')}" for a, b in on)
            for alias, on in self.lookups.items()
        ]
        return " ".join([f"{table_of(system, self.mapping.extract)} as t", *joins])


def check_mappings(
    workspace: Workspace, entity: str | None = None, *, system: str | None = None
) -> tuple[list[CheckedMapping], list[TierwiseError]]:
    """Check all mappings, or some of them; return the good ones, and every fault."""
    good: list[CheckedMapping] = []
    faults: list[TierwiseError] = []
    for read in workspace.sources.values():
        if system not in {None, read.value.system}:
            continue
        for number, mapping in enumerate(read.value.mappings):
            if entity not in {None, mapping.entity}:
                continue
            check = _Check(
                workspace=workspace,
                source=read.value,
                document=read.document,
                mapping=mapping,
                base=("mappings", number),
            )
            found = check.mapping_with_known_names()
            if found is not None and not check.faults:
                good.append(found)
            faults += check.faults
    return good, faults


@dataclass(kw_only=True)
class _Check:
    """The check of one mapping, which goes on after a fault to find the others."""

    workspace: Workspace
    source: SourceFile
    document: Document
    mapping: Mapping
    base: Path
    faults: list[TierwiseError] = field(default_factory=list)

    def mapping_with_known_names(self) -> CheckedMapping | None:
        """Return the checked mapping, or None where a name leaves nothing to check against."""
        source, mapping = self.source, self.mapping
        namespace = mapping.namespace or source.system
        self._known(("namespace",), namespace, "system", self.workspace.sources)
        lookups = [
            self._known(("lookups", alias, "extract"), lookup.extract, "extract", source.extracts)
            for alias, lookup in mapping.lookups.items()
        ]
        is_entity = self._known(("entity",), mapping.entity, "entity", entities())
        if is_entity:
            self._check_entity_columns()
        is_extract = self._known(("extract",), mapping.extract, "extract", source.extracts)
        if not (is_entity and is_extract and all(lookups)):
            return None
        return self._parsed(namespace)

    def _check_entity_columns(self) -> None:
        entity = entities()[self.mapping.entity]
        for column in self.mapping.columns:
            self._known(("columns", column), column, f"column of {entity.entity}", entity.columns)
        required = [name for name, column in entity.columns.items() if column.required]
        absent = [name for name in required if name not in self.mapping.columns]
        if absent:
            cause = f"{entity.entity} requires {', '.join(absent)}."
            self._fault("CONFIG_VALUE", ("columns",), cause)

    def _parsed(self, namespace: str) -> CheckedMapping:
        mapping, extracts = self.mapping, self.source.extracts
        scope = {"t": set(extracts[mapping.extract].columns)}
        for alias, lookup in mapping.lookups.items():
            scope[alias] = set(extracts[lookup.extract].columns)
        columns = {
            name: self._expression(text, scope, "t", ("columns", name))
            for name, text in mapping.columns.items()
        }
        lookups = {
            alias: [
                (
                    self._expression(theirs, scope, alias, ("lookups", alias, "on", theirs)),
                    self._expression(ours, scope, "t", ("lookups", alias, "on", theirs)),
                )
                for theirs, ours in lookup.on.items()
            ]
            for alias, lookup in mapping.lookups.items()
        }
        where = None
        if mapping.where is not None:
            where = self._expression(mapping.where, scope, "t", ("where",))
        return CheckedMapping(
            source=self.source,
            mapping=mapping,
            namespace=namespace,
            columns=columns,
            where=where,
            lookups=lookups,
        )

    def _expression(
        self, text: str, scope: dict[str, set[str]], default: str, path: Path
    ) -> exp.Expression:
        """Return the parsed expression; a faulty one is booked and stands for null."""
        try:
            return checked(text, scope, default=default, place=self._place(path))
        except TierwiseError as error:
            self.faults.append(error)
            return exp.null()

    def _known(self, path: Path, word: str, kind: str, known: Iterable[str]) -> bool:
        names = list(known)
        if word not in names:
            cause = f"`{word}` is no {kind}.{suggestion(word, names)}"
            self._fault("CONFIG_REFERENCE", path, cause)
        return word in names

    def _fault(self, code: str, path: Path, cause: str) -> None:
        self.faults.append(TierwiseError(code, place=self._place(path), cause=cause))

    def _place(self, path: Path) -> str:
        return self.document.place((*self.base, *path))

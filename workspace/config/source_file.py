"""sources/<system>.yml: what a system delivers, and how that maps into the canonical entities."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from workspace.config.concept import Concept, ConceptName
from workspace.config.delivery_rules import DeliveryRules, kind_alone
from workspace.config.extension import extended
from workspace.config.file_format import Column, Format, format_fault, short_form
from workspace.config.file_path import DATE_IN_BRACES, WILDCARDS, FilePath, checked_path, file_path
from workspace.config.strict import Strict
from workspace.yaml_file import Document

ColumnName = Annotated[str, Field(min_length=1, max_length=128)]


class Skip(Strict):
    """Records that are left out on purpose, and why."""

    when: str
    reason: str


class Check(Strict):
    """A condition every record must meet; a record for which it is false goes to quarantine."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    expect: str


class Extract(Strict):
    """One delivered table."""

    path: Annotated[str, AfterValidator(checked_path)] = Field(
        description="Glob below the system's root; braces hold the date in a name."
    )
    description: str
    delivery: Annotated[DeliveryRules, BeforeValidator(kind_alone)] = DeliveryRules()
    required: bool = True
    may_be_empty: bool = False
    strict: bool = Field(False, description="True: refuse a file with columns not named here.")
    key: tuple[ColumnName, ...] = Field(min_length=1)
    latest_by: ColumnName | None = None
    freshness_days: int | None = Field(None, ge=0, description="Oldest watermark still fresh.")
    watermark: ColumnName | None = Field(None, description="Date column that dates the delivery.")
    format: Format = Field(Format(), description="The keys given here override the system's.")
    columns: dict[ColumnName, Annotated[Column, BeforeValidator(short_form)]]
    skip: tuple[Skip, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def file_path(self) -> FilePath:
        """Return the parsed path."""
        return file_path(self.path)

    @model_validator(mode="after")
    def _dated_rules_have_a_date(self) -> Extract:
        needing = self.delivery.rules_of_dated_files()
        if needing and self.file_path.date_format is None:
            raise ValueError(f"{', '.join(needing)} needs a date in the path, such as {{%Y-%m-%d}}")
        rules = self.delivery
        if rules.maximum_changed_share is not None and not (rules.adds_up or self.watermark):
            raise ValueError("maximum_changed_share of a full delivery needs a watermark")
        return self

    @model_validator(mode="after")
    def _columns_named_are_declared(self) -> Extract:
        named = [*self.key, *(name for name in (self.latest_by, self.watermark) if name)]
        if self.delivery.company_key is not None:
            named.append(self.delivery.company_key.column)
        if self.delivery.trailer is not None:
            named += self.delivery.trailer.totals
        unknown = [name for name in named if name not in self.columns]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is not among the declared columns")
        absent = [name for name in named if self.columns[name].optional]
        if absent:
            raise ValueError(f"{', '.join(absent)} is needed, and cannot be optional")
        return self

    @model_validator(mode="after")
    def _columns_can_be_told_apart(self) -> Extract:
        lowered = [name.lower() for name in (*self.columns, "_file", "_record")]
        repeated = sorted({name for name in lowered if lowered.count(name) > 1})
        if repeated:
            raise ValueError(f"{', '.join(repeated)} names two columns, as case does not count")
        return self


class Lookup(Strict):
    """A many-to-one join to another extract of the same system."""

    extract: str
    on: dict[str, str] = Field(
        min_length=1, description="Expression on the other extract: expression on this one."
    )


class Mapping(Strict):
    """Where the records of an extract go: an entity, whose keys they are, column by column."""

    entity: str
    extract: str
    namespace: str | None = None
    where: str | None = None
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    columns: dict[str, str]


def _reviewed(value: Any) -> Any:
    if not value:
        raise ValueError("a draft is not used: review every line, then remove this one")
    return value


class SourceFile(Strict):
    """sources/<system>.yml."""

    system: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    extends: str | None = Field(None, description="Preset whose extracts this file may name.")
    reviewed: Annotated[bool, AfterValidator(_reviewed)] = Field(
        True, description="false in a draft, which is not used until the line is removed."
    )
    description: str
    kind: Literal["erp", "crm", "wms", "reference"]
    priority: int = Field(ge=1, description="Survivorship: 1 wins.")
    root: Literal["inbox", "reference"] = "inbox"
    format: Format = Format()
    extracts: dict[str, Extract]
    mappings: tuple[Mapping, ...] = ()
    concepts: dict[ConceptName, Concept] = Field(default_factory=dict)

    @classmethod
    def completed(cls, document: Document) -> Document:
        """Return the document laid over the preset that it extends."""
        return extended(document)

    def format_of(self, extract: str) -> Format:
        """Return the format of an extract: the system's, with the extract's own keys over it."""
        own = self.extracts[extract].format.model_dump(exclude_unset=True)
        return self.format.model_copy(update=own)

    @model_validator(mode="after")
    def _formats_are_of_their_kind(self) -> SourceFile:
        for name, extract in self.extracts.items():
            if fault := format_fault(self.format, extract.format, extract.columns):
                raise ValueError(f"the format of {name} {fault}")
            if fault := _database_fault(extract, self.format_of(name)):
                raise ValueError(f"{name}, of kind database, {fault}")
        return self


def _database_fault(extract: Extract, dialect: Format) -> str | None:
    """Return what is wrong with an extract that we fetch ourselves, a file for each day."""
    if dialect.kind != "database":
        return None
    directives = set(re.findall("%.", extract.file_path.date_format or ""))
    if not directives & {"%d", "%j"} or WILDCARDS.search(DATE_IN_BRACES.sub("", extract.path)):
        return "needs a path with a day and no wildcard, such as erp/orders_{%Y-%m-%d}.parquet"
    if dialect.incremental_by is not None and dialect.incremental_by not in extract.columns:
        return f"does not declare the column {dialect.incremental_by}, by which it goes on"
    if dialect.incremental_by is not None and extract.delivery.kind == "full":
        return "is incremental: its delivery is append or delta, as no file holds all rows"
    return None

"""sources/<system>.yml: what a system delivers, and how that maps into the canonical entities."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from workspace.config.strict import Strict

ColumnType = Literal["text", "integer", "decimal", "rate", "date", "timestamp", "boolean"]
ColumnName = Annotated[str, Field(min_length=1, max_length=128)]


class Format(Strict):
    """How text is written; an extract and a column may override single keys."""

    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', min_length=1, max_length=1)
    decimal_mark: str = Field(".", min_length=1, max_length=1)
    thousands_mark: str | None = None
    date_format: str = "%Y-%m-%d"
    timestamp_format: str = "%Y-%m-%d %H:%M:%S"
    null_words: tuple[str, ...] = ("",)
    true_words: tuple[str, ...] = ("1", "true")
    false_words: tuple[str, ...] = ("0", "false")


class Column(Strict):
    """One delivered column: its type and, where it differs from the extract's, its format."""

    type: ColumnType = "text"
    format: str | None = Field(None, description="strptime format of a date or timestamp.")
    null_words: tuple[str, ...] | None = Field(None, description="In place of the extract's.")
    true_words: tuple[str, ...] | None = None
    false_words: tuple[str, ...] | None = None


def _short_form(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


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

    path: str = Field(description="Glob below the system's root.")
    description: str
    delivery: Literal["full", "append"] = "full"
    required: bool = True
    may_be_empty: bool = False
    key: tuple[ColumnName, ...] = Field(min_length=1)
    latest_by: ColumnName | None = None
    freshness_days: int | None = Field(None, ge=0, description="Oldest watermark still fresh.")
    watermark: ColumnName | None = Field(None, description="Date column that dates the delivery.")
    format: dict[str, Any] = Field(default_factory=dict, description="Overrides of the system's.")
    columns: dict[ColumnName, Annotated[Column, BeforeValidator(_short_form)]]
    skip: tuple[Skip, ...] = ()
    checks: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _columns_named_are_declared(self) -> Extract:
        named = [*self.key, *(name for name in (self.latest_by, self.watermark) if name)]
        unknown = [name for name in named if name not in self.columns]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is not among the declared columns")
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


class SourceFile(Strict):
    """sources/<system>.yml."""

    system: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    kind: Literal["erp", "crm", "wms", "reference"]
    priority: int = Field(ge=1, description="Survivorship: 1 wins.")
    root: Literal["inbox", "reference"] = "inbox"
    format: Format = Format()
    extracts: dict[str, Extract]
    mappings: tuple[Mapping, ...] = ()

    def format_of(self, extract: str) -> Format:
        """Return the format of an extract: the system's, with the extract's own keys over it."""
        own = self.extracts[extract].format
        return Format.model_validate({**self.format.model_dump(), **own})

    @model_validator(mode="after")
    def _formats_are_known(self) -> SourceFile:
        for name in self.extracts:
            self.format_of(name)
        return self

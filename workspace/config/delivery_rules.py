"""Which delivered files of an extract a night reads, and what must be true of them first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from workspace.config.strict import Strict

Days = Annotated[int, Field(ge=0, le=36_500)]
Share = Annotated[float, Field(ge=0, le=1)]
# The start of a SHA-256, long enough to name one file among all that a company will ever deliver.
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{12,64}$")]
Every = Literal["day", "business_day", "week", "month"]


def _beside_the_file(path: str) -> str:
    parts = path.split("/")
    if path.startswith("/") or "" in parts or ".." in parts:
        raise ValueError(f"`{path}` does not lie in the folder of the file it speaks of")
    return path


# Path of a file that speaks of another: {name} is that one's name, {stem} the name without ending.
Companion = Annotated[str, AfterValidator(_beside_the_file)]


class Manifest(Strict):
    """A file beside the delivered one that states its records, bytes and hash."""

    path: Companion = Field(description="{name} is the file's name, {stem} that without ending.")
    format: Literal["json", "checksum"] = Field(
        "json", description="checksum: lines of SHA-256 and name, as sha256sum writes them."
    )
    name: str = Field("name", description="JSON key of the file's name, where several are listed.")
    records: str = Field("records", description="JSON key of the number of records.")
    bytes: str = Field("bytes", description="JSON key of the size in bytes.")
    sha256: str = Field("sha256", description="JSON key of the SHA-256.")


class Trailer(Strict):
    """The last records of a file, which state what came before them."""

    when: str = Field(description="Condition that is true of trailer records and of no other.")
    counts: str | None = Field(None, description="Expression: the number of records before.")
    totals: dict[str, str] = Field(
        default_factory=dict, description="Column: expression for the sum of that column."
    )


class ControlTotals(Strict):
    """Another extract of the system that states what this one must add up to."""

    extract: str
    on: dict[str, str] = Field(
        default_factory=dict, description="Expression on the totals: expression on this extract."
    )
    counts: str | None = Field(None, description="Expression on the totals: the records.")
    totals: dict[str, str] = Field(
        default_factory=dict,
        description="Expression on this extract, which is summed: expression on the totals.",
    )
    tolerance: Decimal = Field(Decimal(0), ge=0, description="Largest difference of a sum.")


class CompanyKey(Strict):
    """The column that says whose records these are: one file holds those of one company."""

    column: str
    allowed: tuple[str, ...] = Field((), description="Its allowed values; none named: any one.")


class Volume(Strict):
    """How far the records of a new file may lie from those of the nights before."""

    maximum_drop: Share | None = Field(0.4, description="Share below the smallest of the window.")
    maximum_rise: float | None = Field(3.0, ge=0, description="Share above the largest.")
    window_days: int = Field(28, ge=1)
    minimum_nights: int = Field(7, ge=1, description="Nights of the window that brought a file.")


class DeliveryRules(Strict):
    """How files of an extract follow each other; `delivery: append` is short for its kind."""

    kind: Literal["full", "delta", "append"] = "full"
    mode: Literal["batch", "intraday"] = "batch"
    maximum_changed_share: Share | None = Field(
        None, description="Largest share of records that may change between two deliveries."
    )
    every: Every | None = Field(None, description="Each of these periods brings a file.")
    due_after_days: int = Field(0, ge=-31, le=366, description="From a file's date to its night.")
    not_due: tuple[date, ...] = Field((), description="Dates that bring no file.")
    carry_forward_days: Days | None = Field(
        None, description="Days for which the last good file may stand in for a due one."
    )
    allowed_lateness_days: Days | None = Field(
        None, description="Days by which a file may be older than the newest one read."
    )
    closes_after_days: Days | None = Field(
        None, description="Days after its date in which a file may be delivered anew."
    )
    accepted: tuple[Hash, ...] = Field((), description="Late or changed files, by hash, to read.")
    withdrawn: tuple[Hash, ...] = Field((), description="Files, by hash, to read no more.")
    deleted_when: str | None = Field(None, description="Condition of a row that removes its key.")
    done_marker: Companion | None = Field(
        None, description="File that shows that another is whole: {name}.done."
    )
    settle_seconds: int = Field(0, ge=0, description="A file changed since then still grows.")
    manifest: Manifest | None = None
    trailer: Trailer | None = None
    control_totals: ControlTotals | None = None
    company_key: CompanyKey | None = None
    volume: Volume = Volume()
    unchanged_days: int | None = Field(
        None, ge=1, description="Days after which records that never change hold the night."
    )

    @property
    def adds_up(self) -> bool:
        """Return whether every file ever read is part of the extract."""
        return self.kind != "full"

    @model_validator(mode="after")
    def _deletions_are_of_changes(self) -> DeliveryRules:
        if self.deleted_when and self.kind != "delta":
            raise ValueError("deleted_when is a rule of delta deliveries")
        return self

    def rules_of_dated_files(self) -> list[str]:
        """Return the keys given here that need a date in the file's name."""
        keys = ("every", "allowed_lateness_days", "closes_after_days")
        return [key for key in keys if getattr(self, key) is not None]


def kind_alone(value: Any) -> Any:
    """Read `delivery: append` as `delivery: {kind: append}`."""
    return {"kind": value} if isinstance(value, str) else value

"""Values of the delivery decision: a file found, one read before, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Literal

from workspace.errors import TierwiseError

Status = Literal["loaded", "carried_forward", "superseded", "waiting", "refused", "missing"]
# Of a file whose records the night has; Python writes the tuple as SQL writes a list.
READ: tuple[Status, ...] = ("loaded", "carried_forward")
# Files that were left out without their extract losing anything: no news, and no fault to mend.
HARMLESS = ("FILE_DUPLICATE", "FILE_OUT_OF_ORDER")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file in the inbox, or one that an earlier run of this night has read from it.

    `code` and `cause` say why it cannot be read. `delivered_date` is set where it is there no more.
    """

    name: str
    sha256: str | None
    byte_count: int | None = None
    moment: datetime | None = None
    stated_records: int | None = None
    delivered_date: date | None = None
    code: str | None = None
    cause: str | None = None


@dataclass(frozen=True, kw_only=True)
class LastRead:
    """A file as the previous release has it in its books; `is_archived`: its bytes are kept."""

    name: str
    sha256: str | None
    status: str
    byte_count: int | None = None
    moment: datetime | None = None
    delivered_date: date | None = None
    is_archived: bool = True

    @property
    def is_good(self) -> bool:
        """Return whether the previous release holds its records."""
        return self.status in READ and self.sha256 is not None


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """What the night does with a file.

    `delivered_date` is when it last lay in the inbox; `is_new`: the release before did not read it.
    """

    name: str
    status: Status
    sha256: str | None = None
    byte_count: int | None = None
    moment: datetime | None = None
    delivered_date: date | None = None
    code: str | None = None
    detail: str | None = None
    stated_records: int | None = None
    is_new: bool = False

    @property
    def file_date(self) -> date | None:
        """Return the date in the file's name."""
        return self.moment.date() if self.moment else None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Everything a night does with the files of one extract.

    `stand_ins` holds, by name of a file to be read, what is read when it proves unusable.
    `error` is set when the night must not go on.
    """

    system: str
    extract: str
    is_required: bool
    files: tuple[PlannedFile, ...] = ()
    stand_ins: tuple[tuple[str, PlannedFile], ...] = ()
    error: TierwiseError | None = None

    @property
    def reads(self) -> tuple[PlannedFile, ...]:
        """Return the files to be read, in the order in which their rows follow each other."""
        return tuple(sorted((f for f in self.files if f.status in READ), key=reading_order))

    @property
    def is_awaited(self) -> bool:
        """Return whether a file is due that has not arrived, or not wholly; a bad one has."""
        if any(file.status == "refused" and file.code not in HARMLESS for file in self.files):
            return False
        return any(
            file.status in ("waiting", "carried_forward")
            or (file.status == "missing" and (self.is_required or file.name != ""))
            for file in self.files
        )

    def without(self, name: str, error: TierwiseError) -> Delivery:
        """Return what remains when a file to be read proves unusable.

        Raises the error itself where the extract is required.
        """
        if self.is_required:
            raise error
        file = next(file for file in self.reads if file.name == name)
        refused = replace(file, status="refused", code=error.code, detail=error.cause)
        here = tuple(stand_in for named, stand_in in self.stand_ins if named == name)
        replaced = {(stand_in.name, stand_in.sha256) for stand_in in here}
        others = tuple(
            other
            for other in self.files
            if other is not file and (other.name, other.sha256) not in replaced
        )
        left = tuple(pair for pair in self.stand_ins if pair[0] != name)
        return replace(self, files=(*others, refused, *here), stand_ins=left)


def reading_order(file: Found | LastRead | PlannedFile) -> tuple[datetime, str, str]:
    """Return the key that files are ordered by: the date in their name, else the name."""
    return (file.moment or datetime.min, PurePosixPath(file.name).name, file.name)

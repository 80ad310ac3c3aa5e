"""A situation: files in the inbox, files read before, a contract; and what is to become of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workspace.config.source_file import Extract
from workspace.ingest.delivery_decision import decide
from workspace.ingest.planned_files import Delivery, Found, LastRead

NIGHT = date(2026, 6, 30)
DATED = "erp/orders_{%Y-%m-%d}.csv"


def extract(*, path: str = DATED, required: bool = True, **delivery: object) -> Extract:
    return Extract.model_validate(
        {
            "path": path,
            "description": "Orders.",
            "key": ["id"],
            "columns": {"id": "text"},
            "required": required,
            "delivery": delivery,
        }
    )


def moment(name: str) -> datetime | None:
    """Return the date of names such as orders_2026-06-30.csv; A.csv has none."""
    digits = name.removeprefix("orders_")[:10]
    return datetime.fromisoformat(digits) if digits[:2] == "20" else None


def found(name: str, sha256: str = "", **more: Any) -> Found:
    return Found(name=name, sha256=sha256 or f"sha-{name}", moment=moment(name), **more)


def last(name: str, sha256: str = "", status: str = "loaded", **more: Any) -> LastRead:
    values: dict[str, Any] = {"delivered_date": date(2026, 6, 29), **more}
    return LastRead(
        name=name,
        sha256=sha256 or f"sha-{name}",
        status=status,
        moment=moment(name),
        **values,
    )


def day(number: int) -> str:
    return f"orders_2026-06-{number:02}.csv"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A situation, and what becomes of each file: name, status, code, and the first 3 of a hash."""

    says: str
    files: list[Found] = field(default_factory=list)
    before: list[LastRead] = field(default_factory=list)
    rules: dict[str, object] = field(default_factory=dict)
    required: bool = True
    path: str = DATED
    becomes: list[tuple[str, str, str | None]]
    error: str | None = None

    def decision(self) -> Delivery:
        return decide(
            "erp",
            "orders",
            extract(path=self.path, required=self.required, **self.rules),
            found=self.files,
            last=self.before,
            night=NIGHT,
        )


UNDATED = "erp/*.csv"
BROKEN = {"code": "FILE_MANIFEST_MISMATCH", "cause": "It has 2 bytes."}
GROWING = {"code": "FILE_UNSTABLE", "cause": "Its marker is absent."}
APPEND: dict[str, object] = {"kind": "append"}
DAILY: dict[str, object] = {"kind": "append", "every": "day"}

"""Where an extract stands before a night: its contract, its last good files, how late it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from workspace.config.delivery_rules import DeliveryRules
from workspace.config.source_file import Extract
from workspace.errors import TierwiseError
from workspace.ingest.planned_files import (
    Delivery,
    Found,
    LastRead,
    PlannedFile,
    Status,
    reading_order,
)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`good` are the files the last release holds, by name; `seen` all names in its books."""

    system: str
    name: str
    extract: Extract
    night: date
    good: dict[str, LastRead]
    seen: frozenset[str]

    @classmethod
    def of(
        cls, system: str, name: str, extract: Extract, last: Sequence[LastRead], night: date
    ) -> Standing:
        """Sort what the last release has in its books; withdrawn files are read no more."""
        withdrawn = extract.delivery.withdrawn
        good = [f for f in last if f.is_good and not (f.sha256 or "").startswith(withdrawn)]
        return cls(
            system=system,
            name=name,
            extract=extract,
            night=night,
            good={file.name: file for file in sorted(good, key=reading_order)},
            seen=frozenset(file.name for file in last if file.status != "refused"),
        )

    @property
    def rules(self) -> DeliveryRules:
        """Return the delivery rules of the contract."""
        return self.extract.delivery

    @property
    def newest(self) -> LastRead | None:
        """Return the newest file that the last release holds."""
        return next(reversed(self.good.values()), None)

    def may_stand_in(self, days: int) -> bool:
        """Return whether the last good files may stand in for one that is so many days late."""
        allowed = self.rules.carry_forward_days
        if allowed is None:
            return not self.extract.required
        return days <= allowed

    def judge(self, file: Found) -> PlannedFile:
        """Return whether a file may be read (then `loaded`), by itself and by what came before."""
        if file.code is not None:
            status: Status = "waiting" if file.code == "FILE_UNSTABLE" else "refused"
            return self.plan(file, status, code=file.code, detail=file.cause)
        sha256 = file.sha256 or ""
        if sha256.startswith(self.rules.withdrawn):
            return self.plan(file, "superseded", detail="The contract withdraws it.")
        before = self.good.get(file.name)
        if sha256.startswith(self.rules.accepted) or (before and before.sha256 == sha256):
            return self.plan(file, "loaded")
        if before is not None and self._is_closed(file):
            detail = (
                f"Other bytes than those read before ({(before.sha256 or '')[:12]}…), delivered "
                f"more than {self.rules.closes_after_days} days after its date."
            )
            return self.plan(file, "refused", code="FILE_CONFLICT", detail=detail)
        if before is None and (newer := self._newer(file)):
            detail = f"{newer.name} was read before it, and is newer."
            return self.plan(file, "refused", code="FILE_OUT_OF_ORDER", detail=detail)
        return self.plan(file, "loaded")

    def plan(
        self, file: Found, status: Status, *, code: str | None = None, detail: str | None = None
    ) -> PlannedFile:
        """Return the plan for a file in the inbox."""
        before = self.good.get(file.name)
        return PlannedFile(
            name=file.name,
            status=status,
            sha256=file.sha256,
            byte_count=file.byte_count,
            moment=file.moment,
            delivered_date=file.delivered_date or self.night,
            code=code,
            detail=detail,
            stated_records=file.stated_records,
            is_new=before is None or before.sha256 != file.sha256,
        )

    def from_archive(self, file: LastRead, status: Status) -> PlannedFile:
        """Return the plan for a file that the last release read, from its archived bytes."""
        kept = PlannedFile(
            name=file.name,
            status=status,
            sha256=file.sha256,
            byte_count=file.byte_count,
            moment=file.moment,
            delivered_date=file.delivered_date,
        )
        if file.is_archived:
            return kept
        detail = f"Neither the inbox nor the archive has {(file.sha256 or '')[:12]}…."
        return replace(kept, status="missing", code="FILE_MISSING", detail=detail)

    def absent(self, name: str, detail: str, day: date | None = None) -> PlannedFile:
        """Return the entry for a file that should be there, of the day given."""
        moment = datetime.combine(day, time()) if day else None
        return PlannedFile(
            name=name, status="missing", code="FILE_MISSING", detail=detail, moment=moment
        )

    def error(self, file: PlannedFile) -> TierwiseError:
        """Return the error that a file, or its absence, is to its extract."""
        place = f"{self.system}.{self.name}" + (f" ({file.name})" if file.name else "")
        return TierwiseError(file.code or "FILE_MISSING", place=place, cause=file.detail or "")

    def delivery(
        self,
        files: Sequence[PlannedFile],
        *,
        wrong: PlannedFile | None = None,
        stand_ins: Sequence[tuple[str, PlannedFile]] = (),
    ) -> Delivery:
        """Return the decision; `wrong` holds the night where the extract is required."""
        return Delivery(
            system=self.system,
            extract=self.name,
            is_required=self.extract.required,
            files=tuple(sorted(files, key=lambda file: (reading_order(file), file.status))),
            stand_ins=tuple(stand_ins),
            error=self.error(wrong) if wrong and self.extract.required else None,
        )

    def _is_closed(self, file: Found) -> bool:
        days = self.rules.closes_after_days
        if days is None or file.moment is None:
            return False
        return self.night > file.moment.date() + timedelta(days=days)

    def _newer(self, file: Found) -> LastRead | None:
        """Return the file read before that leaves no room for this one; None while there is."""
        newest = self.newest
        if newest is None or file.name in self.seen:
            return None
        if not self.rules.adds_up:
            return newest if reading_order(newest) > reading_order(file) else None
        allowed = self.rules.allowed_lateness_days
        if allowed is None or file.moment is None or newest.moment is None:
            return None
        late = newest.moment.date() - file.moment.date()
        return newest if late.days > allowed else None

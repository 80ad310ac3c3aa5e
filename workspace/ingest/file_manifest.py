"""What is said about a delivered file beside it and at its end, and whether the file agrees."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from workspace.config.delivery_rules import CompanyKey, Manifest, Trailer
from workspace.errors import TierwiseError

MAXIMUM_BYTES = 10_000_000
CHECKSUM = re.compile(r"^\\?([0-9a-fA-F]{64}) [ *](.+)$")
SHA256 = re.compile(r"^[0-9a-fA-F]{64}$")


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a manifest says of a file; what it leaves out is None."""

    records: int | None = None
    bytes: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class TrailerRecord:
    """What one trailer record states: null where its expression is."""

    counts: int | None
    totals: Mapping[str, Decimal | None]


def companion(path: str, file: Path) -> Path:
    """Return the place of the file that speaks of another."""
    return file.parent / path.replace("{name}", file.name).replace("{stem}", file.stem)


def stated(manifest: Manifest, text: bytes, file_name: str) -> Stated:
    """Return what the manifest's bytes say of a file; raises ValueError when that is nothing."""
    if len(text) > MAXIMUM_BYTES:
        raise ValueError(f"the manifest has more than {MAXIMUM_BYTES:,} bytes")
    if manifest.format == "checksum":
        found = _of_checksums(text.decode("utf-8", errors="surrogateescape"), file_name)
    else:
        found = _of_json(manifest, text, file_name)
    if found == Stated():
        raise ValueError(f"the manifest says nothing of {file_name}")
    return found


def disagreement(said: Stated, byte_count: int, sha256: str) -> str | None:
    """Return how a file differs from its manifest in what can be told before parsing."""
    if said.bytes is not None and said.bytes != byte_count:
        return f"The manifest states {said.bytes} bytes, the file has {byte_count}."
    if said.sha256 is not None and said.sha256 != sha256:
        return f"The manifest states the SHA-256 {said.sha256[:12]}…, the file has {sha256[:12]}…."
    return None


def check_stated_records(stated_records: int | None, record_count: int, place: str) -> None:
    """Raise FILE_MANIFEST_MISMATCH when a manifest states another number of records."""
    if stated_records is not None and stated_records != record_count:
        cause = f"The manifest states {stated_records} records, the file has {record_count}."
        raise TierwiseError("FILE_MANIFEST_MISMATCH", place=place, cause=cause)


def check_trailer(
    trailer: Trailer,
    records: Sequence[TrailerRecord],
    record_count: int,
    sums: Mapping[str, Decimal],
    place: str,
) -> None:
    """Compare a file's trailer records with its other records: their number, sums of columns.

    Raises FILE_TRUNCATED without a trailer record, FILE_MANIFEST_MISMATCH when one states
    something else. A null count or sum of the records is 0; one that a trailer leaves out is none.
    """
    if not records:
        cause = f"No record is a trailer: {trailer.when}."
        raise TierwiseError("FILE_TRUNCATED", place=place, cause=cause)
    for record in records:
        if trailer.counts is not None and record.counts != record_count:
            cause = f"The trailer states {record.counts} records, {record_count} came before it."
            raise TierwiseError("FILE_MANIFEST_MISMATCH", place=place, cause=cause)
        for column in trailer.totals:
            total, found = record.totals.get(column), sums.get(column, Decimal(0))
            if total != found:
                cause = f"The trailer states {total} as the sum of {column}, the records {found}."
                raise TierwiseError("FILE_MANIFEST_MISMATCH", place=place, cause=cause)


def check_company(key: CompanyKey, values: Sequence[str | None], place: str) -> None:
    """Raise FILE_COMPANY unless a file's records are of one company, and of an allowed one.

    `values` are the distinct values of the key's column over the file's records.
    """
    names = sorted("(none)" if value is None else value for value in set(values))
    foreign = [name for name in names if key.allowed and name not in key.allowed]
    if foreign:
        cause = f"{key.column} is {', '.join(foreign[:5])}, not {', '.join(key.allowed)}."
        raise TierwiseError("FILE_COMPANY", place=place, cause=cause)
    if len(names) > 1:
        cause = f"{key.column} has {len(names)} values in one file: {', '.join(names[:5])}."
        raise TierwiseError("FILE_COMPANY", place=place, cause=cause)


def _of_checksums(text: str, file_name: str) -> Stated:
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if len(lines) == 1 and SHA256.match(lines[0].strip()):
        return Stated(sha256=lines[0].strip().lower())
    found = {
        PurePosixPath(matched[2].strip()).name: matched[1].lower()
        for matched in map(CHECKSUM.match, lines)
        if matched
    }
    return Stated(sha256=found.get(file_name))


def _of_json(manifest: Manifest, text: bytes, file_name: str) -> Stated:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("the manifest is not JSON") from error
    entries = _entries(document)
    for entry in entries:
        alone = len(entries) == 1 and manifest.name not in entry
        if not alone and PurePosixPath(str(entry.get(manifest.name))).name != file_name:
            continue
        sha256 = entry.get(manifest.sha256)
        return Stated(
            records=_count(entry.get(manifest.records)),
            bytes=_count(entry.get(manifest.bytes)),
            sha256=str(sha256).lower() if sha256 is not None else None,
        )
    return Stated()


def _entries(document: Any) -> list[dict[str, Any]]:
    """Return the document itself, or the first list of objects in it."""
    if isinstance(document, list):
        return [entry for entry in document if isinstance(entry, dict)]
    if not isinstance(document, dict):
        return []
    for value in document.values():
        if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
            return value
    return [document]


def _count(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,18}", str(value)):
        raise ValueError(f"the manifest counts `{value}`")
    return int(value)

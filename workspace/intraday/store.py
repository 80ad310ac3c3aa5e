"""What the lane keeps: when each file arrived, and the signals of the last look.

`arrivals.jsonl` only grows. `state.json` names the files of the last look and is swapped in one
step, so that a reader sees one look or the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from workspace.archive import sha256_of
from workspace.folder import Folder
from workspace.ingest.parsing import literal
from workspace.intraday.lane import store_of
from workspace.synced_file import append_text, partial_of, replace_text, sync

SIGNALS = "stg_intraday_signals"
QUARANTINE = "quarantine"


@dataclass(frozen=True, kw_only=True)
class State:
    """The last look: against which release, for which day, and where its tables are."""

    release_id: str
    business_date: date
    looked_at: datetime
    signals: Path
    quarantine: Path


def state_of(home: Folder) -> State | None:
    """Return the last look; None before the first, or where its files are gone."""
    folder = store_of(home)
    try:
        told = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    state = State(
        release_id=told["release_id"],
        business_date=date.fromisoformat(told["business_date"]),
        looked_at=datetime.fromisoformat(told["looked_at"]),
        signals=folder / told[SIGNALS],
        quarantine=folder / told[QUARANTINE],
    )
    return state if state.signals.is_file() else None


def keep(
    connection: duckdb.DuckDBPyConnection,
    home: Folder,
    *,
    release_id: str,
    business_date: date,
    looked_at: datetime,
    tables: dict[str, str],
) -> State:
    """Write tables (file name: qualified name in the connection), and point to them."""
    folder, before = store_of(home), state_of(home)
    names = {name: _write(connection, folder, name, table) for name, table in tables.items()}
    told: dict[str, Any] = {
        "release_id": release_id,
        "business_date": business_date.isoformat(),
        "looked_at": looked_at.isoformat(timespec="seconds"),
        **names,
    }
    replace_text(folder / "state.json", json.dumps(told, indent=1))
    # A reader may still hold the state before this one; what came before that is gone.
    held = {*names.values(), *((before.signals.name, before.quarantine.name) if before else ())}
    for name in names:
        for file in folder.glob(f"{name}.*.parquet"):
            if file.name not in held:
                file.unlink(missing_ok=True)
    state = state_of(home)
    assert state is not None
    return state


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, table: str) -> str:
    """Write a table under a name that its content gives."""
    partial = partial_of(folder / name)
    query = f"select * from {table} order by all"
    connection.execute(f"copy ({query}) to {literal(str(partial))} (format parquet)")
    named = f"{name}.{sha256_of(partial)[:12]}.parquet"
    sync(partial)
    partial.replace(folder / named)
    return named


def arrivals(home: Folder) -> dict[tuple[str, str, str], datetime]:
    """Return when the lane first saw each file: by system, extract and hash, in UTC."""
    file = store_of(home) / "arrivals.jsonl"
    if not file.exists():
        return {}
    found: dict[tuple[str, str, str], datetime] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        # The last line of a process that was killed while it wrote may be torn.
        if line.endswith("}"):
            told = json.loads(line)
            key = (told["system"], told["extract"], told["file_sha256"])
            found.setdefault(key, datetime.fromisoformat(told["arrived_at"]).replace(tzinfo=UTC))
    return found


def add_arrivals(home: Folder, entries: list[dict[str, Any]]) -> None:
    """Append a line for each file, synced."""
    if not entries:
        return
    file = store_of(home) / "arrivals.jsonl"
    torn = file.exists() and not file.read_bytes().endswith(b"\n")
    lines = [json.dumps(entry, ensure_ascii=False, default=str) + "\n" for entry in entries]
    append_text(file, ("\n" if torn else "") + "".join(lines))

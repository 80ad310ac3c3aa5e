"""Keys of an extract that repeat: identical rows, rows a newer one replaces, and contradictions.

What a key came to is kept with the set of parts it was decided among, so that only keys which a
new part brings are decided again. Deleting the memory changes nothing but the time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.key_decisions import decisions
from workspace.ingest.parsing import literal
from workspace.ingest.parts.part import KeyHashes, Part
from workspace.ingest.parts.repeated_keys import parts_with, repeated_hashes

DECIDED = "_hash ubigint, _file varchar, _record bigint, reason varchar, detail varchar"


@dataclass(frozen=True, kw_only=True)
class _Memory:
    """What was decided among which parts: a folder of two files, replaced at once."""

    folder: Path

    @property
    def decided(self) -> Path:
        return self.folder / "decided.parquet"

    def parts(self) -> tuple[str, ...]:
        file = self.folder / "parts.json"
        return tuple(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else ()


def decide_keys(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    contract: Contract,
    parts: Sequence[Part],
) -> None:
    """Fill _decided: for each record that lost its key, a reason (skip) or a detail (fault)."""
    memory = _Memory(
        folder=workspace.landed / f"{contract.source.system}__{contract.name}" / "keys"
    )
    names = [part.folder.name for part in parts]
    settled = set(memory.parts())
    if not settled <= set(names):
        settled = set()
    known = [part for part in parts if part.folder.name in settled]
    new = [part for part in parts if part.folder.name not in settled]
    connection.execute(f"create or replace temp table _decided ({DECIDED})")
    if known:
        connection.execute(
            f"insert into _decided select * from read_parquet({literal(str(memory.decided))})"
        )
    if not new:
        return
    hashes = repeated_hashes(known, new)
    if len(hashes):
        _decide(connection, workspace, contract, parts, hashes)
    _remember(connection, memory, names)


def _decide(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    contract: Contract,
    parts: Sequence[Part],
    hashes: KeyHashes,
) -> None:
    """Decide the keys of some hashes among all the parts that hold them."""
    connection.register("_hashes", pa.table({"_hash": np.asarray(hashes)}))
    connection.execute("delete from _decided where _hash in (select _hash from _hashes)")
    holding = parts_with(parts, hashes)
    positions = {part.sha256: number for number, part in enumerate(parts)}
    connection.register(
        "_positions",
        pa.table({"_file": list(positions), "_position": list(positions.values())}),
    )
    connection.execute(f"insert into _decided {decisions(workspace, contract, holding)}")
    connection.unregister("_hashes")
    connection.unregister("_positions")


def _remember(connection: duckdb.DuckDBPyConnection, memory: _Memory, names: Sequence[str]) -> None:
    memory.folder.mkdir(parents=True, exist_ok=True)
    (memory.folder / "parts.json").unlink(missing_ok=True)
    partial = memory.folder / "decided.partial"
    connection.execute(
        f"copy (select * from _decided order by all) to {literal(str(partial))} (format parquet)"
    )
    partial.replace(memory.decided)
    listed = memory.folder / "parts.partial"
    listed.write_text(json.dumps(sorted(names)), encoding="utf-8")
    listed.replace(memory.folder / "parts.json")

"""Keys of an extract that repeat: identical rows, rows a newer one replaces, and contradictions.

What a key came to is kept with the set of parts it was decided among, so that only keys which a
new part brings are decided again. Deleting the memory changes nothing but the time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.own_faults import DELETED
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
        _decide(connection, contract, parts, hashes)
    _remember(connection, memory, names)


def _decide(
    connection: duckdb.DuckDBPyConnection,
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
    connection.execute(f"insert into _decided {_decisions(contract, holding)}")
    connection.unregister("_hashes")
    connection.unregister("_positions")


def _decisions(contract: Contract, holding: Sequence[Part]) -> str:
    """Return SQL for the records that lose.

    The newest row, or any of identical ones, ranks first and is kept. Rows contradict each other
    when one as new as the kept one differs from it; then no row of the key can be trusted. In a
    delta a later file is newer; elsewhere only `latest_by` makes a row newer.
    """
    extract = contract.extract
    files = ", ".join(literal(str(part.rows)) for part in holding)
    booked = " union all ".join(
        f"select {literal(part.sha256)} as _file, record_number as _record "
        f"from read_parquet({literal(str(book))}) where {condition}"
        for part in holding
        for book, condition in (
            (part.faults, "true"),
            (part.skips, f"reason <> {literal(DELETED)}"),  # a deletion competes for its key
        )
        if book.exists()
    )
    unbooked = f"anti join ({booked}) using (_file, _record)" if booked else ""
    # An absent value has a mark of its own: (a, null, b) is not (a, b, null).
    values = ", ".join(
        f"coalesce(cast({identifier(column)} as varchar), chr(30))" for column in extract.columns
    )
    stamp = f"cast({identifier(extract.latest_by)} as varchar)" if extract.latest_by else "null"
    age = "_position" if extract.delivery.kind == "delta" else "0"
    by_key = ", ".join(contract.key_values())
    newest = f"{stamp_order(extract.latest_by)}_age desc, "
    return f"""
        with delivered as (
            select *, hash({by_key}) as _hash
            from (
                select * exclude (file_row_number), file_row_number + 1 as _record
                from read_parquet([{files}], file_row_number = true)
            )
        ),

        candidates as (
            select d.*, p._position
            from delivered as d
            semi join _hashes using (_hash)
            join _positions as p using (_file)
        ),

        sound as (select * from candidates {unbooked}),

        compared as (
            select
                *, md5(concat_ws(chr(31), {values})) as _content,
                {stamp} as _stamp, {age} as _age
            from sound
        ),

        ranked as (
            select
                *,
                count(*) over (partition by {by_key}) as _count,
                row_number() over by_age as _rank,
                first_value(_content) over by_age as _kept_content,
                first_value(_stamp) over by_age as _kept_stamp,
                first_value(_age) over by_age as _kept_age
            from compared
            window by_age as (
                partition by {by_key} order by {newest}_content, _position, _record
            )
        ),

        judged as (
            select
                *,
                max(
                    case when _stamp is not distinct from _kept_stamp and _age = _kept_age
                        and _content <> _kept_content then 1 else 0 end
                ) over (partition by {by_key}) = 1 as _conflicts
            from ranked where _count > 1
        ),

        final as (
            select
                _hash, _file, _record,
                case
                    when _conflicts then null
                    when _content = _kept_content then 'ROW_DUPLICATE: identical row'
                    else 'ROW_SUPERSEDED: a newer row has the key'
                end as reason,
                case when _conflicts
                    then 'Rows with the key ' || concat_ws(' · ', {by_key})
                        || ' contradict each other'
                end as detail
            from judged where _conflicts or _rank > 1
        )

        select * from final
    """


def stamp_order(latest_by: str | None) -> str:
    """Return the leading terms of the order that puts the newest row first."""
    return f"{identifier(latest_by)} desc nulls last, " if latest_by else ""


def _remember(connection: duckdb.DuckDBPyConnection, memory: _Memory, names: Sequence[str]) -> None:
    memory.folder.mkdir(parents=True, exist_ok=True)
    (memory.folder / "parts.json").unlink(missing_ok=True)
    partial = memory.folder / "decided.partial"
    connection.execute(
        f"copy (select * from _decided order by all) to {literal(str(partial))} (format parquet)"
    )
    os.replace(partial, memory.decided)  # noqa: PTH105
    listed = memory.folder / "parts.partial"
    listed.write_text(json.dumps(sorted(names)), encoding="utf-8")
    os.replace(listed, memory.folder / "parts.json")  # noqa: PTH105

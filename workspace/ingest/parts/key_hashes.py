"""The keys of a part as hashes, by which one that repeats is found among all parts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

from workspace.ingest.contract import Contract
from workspace.warehouse import one_row


def write_keys(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str, made: Path
) -> tuple[str | None, str | None]:
    """Write the sorted hashes of the keys; return the bounds of the first key column."""
    keys = contract.key_values()
    found = connection.execute(f"select hash({', '.join(keys)}) as h from {sound} as t")
    hashes = np.asarray(found.fetchnumpy()["h"], dtype=np.uint64)
    hashes.sort()
    np.save(made / "keys.npy", hashes)
    first = f"cast({keys[0]} as varchar)"
    lowest, highest = one_row(connection, f"select min({first}), max({first}) from {sound} as t")
    return lowest, highest

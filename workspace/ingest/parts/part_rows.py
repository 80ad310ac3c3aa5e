"""The rows of parts, wherever they are: written by us, or in the archive as they were delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workspace.archive import place_of
from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.formats.parquet import table_of
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.part import Part
from workspace.ingest.parts.rows import BESIDE
from workspace.ingest.parts.typed_values import typed_values


def rows_of(workspace: Workspace, contract: Contract, parts: Sequence[Part]) -> str:
    """Return SQL for the rows of parts, of which there is one: typed columns, _file, _record.

    Files with the same columns are read as one.
    """
    listed = ", ".join(identifier(column) for column in contract.extract.columns)
    queries: list[str] = []
    if written := [part for part in parts if not part.facts.natives]:
        files = ", ".join(literal(str(part.rows.resolve())) for part in written)
        queries.append(
            f"select {listed}, _file, file_row_number + 1 as _record "
            f"from read_parquet([{files}], file_row_number = true)"
        )
    lying: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        if part.facts.natives:
            alike = (part.facts.is_ascii, *part.facts.natives.items())
            lying.setdefault(alike, []).append(part)
    for found in lying.values():
        facts = found[0].facts
        places = [place_of(workspace.archive, part.sha256).resolve() for part in found]
        table = table_of(places, facts.natives, contract.extract)
        table = replace(table, is_ascii=facts.is_ascii)
        typed = typed_values(contract, table, beside=BESIDE)
        queries.append(f"select {listed}, _file, _record from ({typed})")
    return " union all ".join(queries)

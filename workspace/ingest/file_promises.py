"""What a file's own records promise of the file: its trailer, and whose records it holds."""

from __future__ import annotations

from decimal import Decimal

import duckdb

from workspace.config.delivery_rules import Trailer
from workspace.errors import TierwiseError
from workspace.ingest.contract import Contract, sql
from workspace.ingest.expressions import checked
from workspace.ingest.file_manifest import TrailerRecord, check_company, check_trailer
from workspace.ingest.parsing import identifier
from workspace.warehouse import one_row

TRAILER = "trailer"  # reason of the skip that a trailer record is booked as


def trailer_condition(contract: Contract) -> str | None:
    """Return SQL that is true of a trailer record, on the extract's columns with alias t."""
    trailer = contract.extract.delivery.trailer
    return None if trailer is None else _sql(contract, trailer.when, "trailer", "when")


def check_promises(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    rows: str,
    record_count: int,
    place: str,
) -> None:
    """Compare a parsed file with its trailer and with the company it belongs to.

    `rows` is a relation of the typed columns and _record. Raises FILE_TRUNCATED,
    FILE_MANIFEST_MISMATCH or FILE_COMPANY. A value that does not parse is missing in a sum: a file
    that its own totals cannot confirm is refused.
    """
    rules = contract.extract.delivery
    own = "true"
    if rules.trailer is not None:
        is_trailer = f"coalesce({trailer_condition(contract)}, false)"
        own = f"not {is_trailer}"
        _check_trailer(connection, contract, rules.trailer, rows, is_trailer, record_count, place)
    if rules.company_key is not None:
        column = f"cast(t.{identifier(rules.company_key.column)} as varchar)"
        found = connection.execute(f"select distinct {column} from {rows} as t where {own}")
        check_company(rules.company_key, [value for (value,) in found.fetchall()], place)


def _check_trailer(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    trailer: Trailer,
    rows: str,
    is_trailer: str,
    record_count: int,
    place: str,
) -> None:
    counts = _sql(contract, trailer.counts, "trailer", "counts") if trailer.counts else "null"
    totals = {c: _sql(contract, e, "trailer", "totals", c) for c, e in trailer.totals.items()}
    listed = "".join(f", {_exact(total)}" for total in totals.values())
    found = connection.execute(
        f"select t._record, try_cast({counts} as bigint){listed} "
        f"from {rows} as t where {is_trailer} order by t._record"
    ).fetchall()
    summed = "".join(f", {_exact(f'sum(t.{identifier(column)})')}" for column in totals)
    last, *sums = one_row(
        connection, f"select max(t._record){summed} from {rows} as t where not {is_trailer}"
    )
    if found and last is not None and found[0][0] < last:
        cause = f"Record {found[0][0]} is a trailer, and record {last} follows it."
        raise TierwiseError("FILE_MANIFEST_MISMATCH", place=place, cause=cause)
    check_trailer(
        trailer,
        [
            TrailerRecord(counts=count, totals=dict(zip(totals, values, strict=True)))
            for _, count, *values in found
        ],
        record_count - len(found),
        {c: s if s is not None else Decimal(0) for c, s in zip(totals, sums, strict=True)},
        place,
    )


def _sql(contract: Contract, text: str, *path: str) -> str:
    place = contract.document.place(("extracts", contract.name, "delivery", *path))
    return sql(checked(text, {"t": set(contract.extract.columns)}, default="t", place=place))


def _exact(expression: str) -> str:
    return f"try_cast({expression} as decimal(38, 10))"

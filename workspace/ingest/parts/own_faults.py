"""What is wrong with a part's suspects, each looked at by itself: booked in temporary tables.

_suspects has the typed columns, _unparsed and _record; a record that is booked leaves it, so that
of what is wrong with a record only the first kind is said.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from workspace.given_rows import create_from
from workspace.ingest.contract import Contract, sql
from workspace.ingest.entity_values import Flaw, entity_of, flaws, looks_up
from workspace.ingest.file_promises import TRAILER, trailer_condition
from workspace.ingest.formats.content import Fault
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.decisions import Decision
from workspace.ingest.parts.rows import MarkedRows, taken
from workspace.warehouse import row_count

DELETED = "DELETED: the source removes the key"
NOT_FINITE = "('nan', 'inf', '+inf', '-inf', 'infinity', '+infinity', '-infinity')"


def book_suspects(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    faults: Iterable[Fault],
    decided: tuple[Decision, ...],
    rows: MarkedRows,
) -> None:
    """Fill _faults (_record, code, column_name, detail) and _skips (_record, reason)."""
    _begin_books(connection, faults, decided)
    connection.execute(f"create or replace temp table _suspects as {rows.suspects}")
    _leave_booked(connection)
    if not row_count(connection, "_suspects"):
        return
    _book_skips(connection, contract)
    _book_unparsed(connection, contract)
    _book_conditions(connection, contract)
    _book_keys(connection, contract)
    _book(connection, _mapping_flaws(contract))
    _book_deletions(connection, contract)


def _begin_books(
    connection: duckdb.DuckDBPyConnection, faults: Iterable[Fault], decided: tuple[Decision, ...]
) -> None:
    """Create the books with what the format found, as far as no steward decided otherwise."""
    dismissed = [(record, why) for record, _, decision, why in decided if decision == "dismiss"]
    confirmed = {(record, code) for record, code, decision, _ in decided if decision == "confirm"}
    left = {record for record, _ in dismissed}
    broken = [
        fault
        for fault in faults
        if fault.record not in left and (fault.record, fault.code) not in confirmed
    ]
    table = pa.table(
        {
            "_record": pa.array([fault.record for fault in broken], pa.int64()),
            "code": pa.array([fault.code for fault in broken], pa.string()),
            "column_name": pa.array([""] * len(broken), pa.string()),
            "detail": pa.array([fault.detail for fault in broken], pa.string()),
        }
    )
    create_from(connection, "_faults", table, is_temporary=True)
    connection.execute("create or replace temp table _skips (_record bigint, reason varchar)")
    connection.execute("create or replace temp table _confirmed (_record bigint, code varchar)")
    if dismissed:
        connection.executemany("insert into _skips values (?, ?)", dismissed)
    if confirmed:
        connection.executemany("insert into _confirmed values (?, ?)", list(confirmed))


def _mapping_flaws(contract: Contract) -> list[tuple[str, Flaw]]:
    """Return what can be wrong with a row for the entities it feeds, with whose rows it is of."""
    return [
        (sql(mapping.where) if mapping.where is not None else "true", flaw)
        for mapping in contract.mappings
        for column, spec in entity_of(mapping).columns.items()
        if not looks_up(mapping, column)
        for flaw in flaws(mapping, column, spec)
    ]


def _leave_booked(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "delete from _suspects where _record in "
        "(select _record from _faults union all select _record from _skips)"
    )


def _book_skips(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Book declared skips; a record that two rules skip is booked with the first."""
    skips = [
        (contract.condition(skip.when, "skip", number, "when"), skip.reason)
        for number, skip in enumerate(contract.extract.skip)
    ]
    trailer = trailer_condition(contract)
    for when, reason in [(trailer, TRAILER), *skips] if trailer is not None else skips:
        connection.execute(
            f"insert into _skips select t._record, {literal(reason)} "
            f"from _suspects as t where {when}"
        )
        _leave_booked(connection)


def _book_unparsed(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Book each value that is not of its declared format."""
    typed = [(name, c) for name, c in contract.extract.columns.items() if c.type != "text"]
    for number, (name, column) in enumerate(typed):
        text = f"json_extract_string(t._unparsed, '$[{number}]')"
        connection.execute(
            f"""
            insert into _faults
            select
                t._record,
                case when lower({text}) in {NOT_FINITE} then 'ROW_NONFINITE' else 'ROW_TYPE' end,
                {literal(name)}, {text} || ' is no {column.type} of the declared format'
            from _suspects as t
            where t._unparsed is not null and t.{identifier(name)} is null and {text} is not null
            """
        )


def _book_conditions(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Book checks that fail, and rows that no mapping takes."""
    found = [
        Flaw(
            code="ROW_CHECK",
            column="",
            condition=f"not ({contract.condition(check.expect, 'checks', number, 'expect')})",
            detail=literal(f"{check.name}: {check.expect}"),
            may_be_confirmed=True,
        )
        for number, check in enumerate(contract.extract.checks)
    ]
    if contract.mappings:
        detail = literal("No mapping takes this row")
        condition = f"not ({taken(contract)})"
        found.append(Flaw(code="ROW_UNMAPPED", column="", condition=condition, detail=detail))
    _book(connection, [("true", flaw) for flaw in found])


def _book_deletions(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Skip rows that delete; they stay suspects without a fault, to compete for their key."""
    when = contract.extract.delivery.deleted_when
    if when is not None:
        condition = contract.condition(when, "delivery", "deleted_when")
        connection.execute(
            f"insert into _skips select t._record, {literal(DELETED)} "
            f"from _suspects as t where {condition}"
        )


def _book_keys(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    absent = [
        Flaw(
            code="ROW_KEY_NULL",
            column=column,
            condition=f"t.{identifier(column)} is null",
            detail=literal("The key is absent"),
        )
        for column in contract.extract.key
    ]
    mangled = [
        Flaw(
            code="ROW_ID_MANGLED",
            column=column,
            condition=condition,
            detail=f"t.{identifier(column)} || ' is what a spreadsheet makes of a long id'",
            may_be_confirmed=True,
        )
        for column, condition in contract.mangled_keys().items()
    ]
    _book(connection, [("true", flaw) for flaw in [*absent, *mangled]])


def _is_unconfirmed(flaw: Flaw) -> str:
    """Return SQL: a steward may confirm some flaws of single records."""
    if not flaw.may_be_confirmed:
        return "true"
    return f"t._record not in (select _record from _confirmed where code = {literal(flaw.code)})"


def _book(connection: duckdb.DuckDBPyConnection, found: list[tuple[str, Flaw]]) -> None:
    """Book all flaws of the rows that remain, then let the booked ones go."""
    for where, flaw in found:
        connection.execute(
            f"""
            insert into _faults
            select t._record, {literal(flaw.code)}, {literal(flaw.column)}, {flaw.detail}
            from _suspects as t
            where ({where}) and ({flaw.condition}) and {_is_unconfirmed(flaw)}
            """
        )
    _leave_booked(connection)

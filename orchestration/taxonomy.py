"""The vocabulary of segments as tables, each account's code in it, and who agrees with whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from models.agreement import cohens_kappa
from workspace.config.taxonomy_file import LocalCode, Validity
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.keeping_apart import SCHEMA
from workspace.ingest.parsing import literal
from workspace.ingest.planned_files import READ
from workspace.overlays import kept_apart
from workspace.warehouse import one_row

UNASSIGNED = "UNASSIGNED"
SHOWN = 5
SINCE_EVER = date(1900, 1, 1)
TEXT, DATE, COUNT, RATIO = pa.string(), pa.date32(), pa.int64(), pa.float64()
SEGMENTS = {
    "segment_code": TEXT, "title": TEXT, "definition": TEXT, "owner": TEXT,
    "taxonomy_version": TEXT, "valid_from": DATE, "valid_to": DATE,
}  # fmt: skip
CODES = {
    "entry_number": COUNT, "function_name": TEXT, "namespace": TEXT, "element": TEXT,
    "source_code": TEXT, "segment_code": TEXT, "valid_from": DATE, "valid_to": DATE,
}  # fmt: skip
AGREEMENTS = {
    "function_name": TEXT, "other_function_name": TEXT, "customer_count": COUNT,
    "agreed_count": COUNT, "observed_rate": RATIO, "expected_rate": RATIO, "kappa_ratio": RATIO,
}  # fmt: skip
# One row per account and function: the code that it carries on the business date.
CARRIED = """
    select {number}::bigint as entry_number, {function} as function_name,
        t._namespace as namespace, t.customer_id as source_key, t.{column} as source_code,
        min(t._file) as file_sha256, min(t._record) as record_number
    from {schema}.{entity} as t cross join night.parameters as p
    where t._namespace = {namespace} and t.{column} is not null and t.customer_id is not null
        and {condition}
    group by all
"""
IN_VIEW = """
    t.view_name = {view} and coalesce(t.valid_from <= p.business_date, true)
        and coalesce(p.business_date < t.valid_to, true)
"""
UNMAPPED = f"""
    select c.entry_number, c.source_code, count(*), min(f.file_name || ', record '
        || c.record_number)
    from carried as c
    left join control.deliveries as f on f.file_sha256 = c.file_sha256
        and f.status in {READ}
    where c.namespace not in (select namespace from night.kept_apart) and not exists (
        select 1 from codes as x cross join night.parameters as p
        where x.entry_number = c.entry_number and x.source_code = c.source_code
            and x.valid_from <= p.business_date and coalesce(p.business_date < x.valid_to, true)
    )
    group by all order by all
"""


def segments(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the vocabulary."""
    file = workspace.taxonomy.file
    stated = file.segments.items() if file else ()
    version = file.version if file else ""
    rows = [
        (code, s.title, s.definition, s.owner, version, s.valid_from or SINCE_EVER, s.valid_to)
        for code, s in stated
    ]
    _register(connection, "taxonomy_segments", SEGMENTS, rows)
    return "select * from taxonomy_segments"


def crosswalk(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return what each code stands for; raises TAXONOMY_UNMAPPED when one stands for nothing."""
    _carry(connection, workspace)
    _refuse_unmapped(connection, workspace)
    return """
        select x.function_name, x.namespace, x.source_code, x.valid_from, x.valid_to,
            x.segment_code, x.element,
            x.namespace in (select namespace from night.kept_apart) as is_provisional,
            count(c.source_key) as account_count
        from codes as x cross join night.parameters as p
        left join carried as c on c.entry_number = x.entry_number
            and c.source_code = x.source_code
            and x.valid_from <= p.business_date and coalesce(p.business_date < x.valid_to, true)
        group by all
    """


def accounts(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return each account's own code, what it stands for, and the segment of its customer."""
    _carry(connection, workspace)
    return """
        with read as (
            select c.function_name, c.namespace, c.source_key, m.golden_id as customer_id,
                c.source_code, x.segment_code as local_segment_code,
                row_number() over (
                    partition by c.function_name, m.golden_id
                    order by m.survivorship_rank, c.namespace, c.source_key, c.source_code
                ) as turn
            from carried as c
            join golden.int_records_matched as m on m.object_type = 'customer'
                and m.namespace = c.namespace and m.source_key = c.source_key
            join segments.taxonomy_crosswalk as x on x.function_name = c.function_name
                and x.namespace = c.namespace and x.source_code = c.source_code
            cross join night.parameters as p
            where x.valid_from <= p.business_date and coalesce(p.business_date < x.valid_to, true)
        )
        select r.function_name, r.namespace, r.source_key, r.customer_id, r.source_code,
            r.local_segment_code, l.local_segment_code as segment_code, r.turn = 1 as is_leading
        from read as r
        join read as l on l.function_name = r.function_name and l.customer_id = r.customer_id
            and l.turn = 1
    """


def customers(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the segment that each function gives each customer."""
    del connection, workspace
    return f"""
        select g.customer_id, f.function_name,
            coalesce(a.segment_code, {literal(UNASSIGNED)}) as segment_code,
            a.namespace, a.source_key, a.source_code
        from golden.golden_customer as g
        cross join (select distinct function_name from segments.taxonomy_crosswalk) as f
        left join segments.taxonomy_account as a on a.is_leading
            and a.customer_id = g.customer_id and a.function_name = f.function_name
    """


def confusion(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return how many customers two functions put into each two segments."""
    del connection, workspace
    return f"""
        select a.function_name, b.function_name as other_function_name, a.segment_code,
            b.segment_code as other_segment_code, count(*) as customer_count
        from segments.taxonomy_customer as a
        join segments.taxonomy_customer as b using (customer_id)
        where a.function_name < b.function_name
            and {literal(UNASSIGNED)} not in (a.segment_code, b.segment_code)
        group by all
    """


def agreement(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return how far each two functions agree, as Cohen's kappa."""
    del workspace
    counted = connection.execute("from segments.taxonomy_confusion").fetchall()
    _register(connection, "agreements", AGREEMENTS, list(_agreements(counted)))
    return "select * from agreements"


def _agreements(counted: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    functions = sorted({name for row in counted for name in row[:2]})
    classes = sorted({code for row in counted for code in row[2:4]})
    at = {code: number for number, code in enumerate(classes)}
    for one, other in combinations(functions, 2):
        matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
        for first, second, code, other_code, count in counted:
            if (first, second) == (one, other):
                matrix[at[code], at[other_code]] = count
        if matrix.any():
            found = cohens_kappa(matrix)
            rates = (round(found.observed, 12), round(found.expected, 12))
            kappa = None if found.kappa is None else round(found.kappa, 12)
            yield (one, other, found.count, found.agreed, *rates, kappa)


def _carry(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Register `codes`, what the file says, and `carried`, what the accounts carry tonight."""
    file = workspace.taxonomy.file
    entries = list(enumerate(file.crosswalks)) if file else []
    rows = [
        (number, entry.function, entry.system, entry.element, code.code, code.segment,
         *_days(code, file.segments[code.segment]))
        for number, entry in entries
        for code in entry.codes
        if file is not None
    ]  # fmt: skip
    _register(connection, "codes", CODES, rows)
    selects = []
    apart = kept_apart(connection)
    for number, entry in entries:
        entity, _, column = entry.element.partition(".")
        schema = SCHEMA if entry.system in apart else "raw"
        parts: dict[str, object] = {"number": number, "function": literal(entry.function)}
        parts |= {"schema": schema, "entity": entity}
        view = IN_VIEW.format(view=literal(entry.view)) if entry.view else "true"
        selects.append(
            CARRIED.format(**parts, column=column, namespace=literal(entry.system), condition=view)
        )
    nobody = CARRIED.format(
        number=0, function="''", schema="raw", entity="customers", column="customer_group",
        namespace="''", condition="false",
    )  # fmt: skip
    connection.execute(
        "create or replace temp table carried as " + " union all ".join([*selects, nobody])
    )


def _days(code: LocalCode, segment: Validity) -> tuple[date, date | None]:
    """Return the days of a meaning: its own, or as long as the segment may be used."""
    return (
        code.valid_from or segment.valid_from or SINCE_EVER,
        code.valid_to or segment.valid_to,
    )


def _refuse_unmapped(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """Raise for the first crosswalk that lacks a code, with the codes and where they are."""
    found = connection.execute(UNMAPPED).fetchall()
    file = workspace.taxonomy.file
    if not found or file is None:
        return
    number = found[0][0]
    entry = file.crosswalks[number]
    mine = [row for row in found if row[0] == number]
    said = "; ".join(
        f"`{code}` on {count} {'account' if count == 1 else 'accounts'}, first in {where}"
        for _, code, count, where in mine[:SHOWN]
    )
    more = f"; and {len(mine) - SHOWN} more" if len(mine) > SHOWN else ""
    (day,) = one_row(connection, "select business_date from night.parameters")
    raise TierwiseError(
        "TAXONOMY_UNMAPPED",
        place=workspace.taxonomy.document.place(("crosswalks", number, "codes")),
        cause=f"{entry.system}'s {entry.element} has codes that stand for no segment of "
        f"{entry.function} on {day}: {said}{more}.",
    )


def _register(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    types: dict[str, pa.DataType],
    rows: list[tuple[Any, ...]],
) -> None:
    connection.register(name, arrow_table(types, rows))

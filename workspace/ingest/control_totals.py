"""Whether what was loaded adds up to the totals that the source delivered beside it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import duckdb

from workspace.config.delivery_rules import ControlTotals
from workspace.config.source_file import SourceFile
from workspace.folder import Workspace
from workspace.ingest.control import table_of
from workspace.ingest.delivery_gates import Findings, sources
from workspace.ingest.expressions import checked
from workspace.ingest.parsing import literal
from workspace.warehouse import one_row


def reconciliation_findings(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace
) -> Findings:
    """Compare sums and counts of loaded records with the totals that the source delivered."""
    wrong: list[str] = []
    count = 0
    for source in sources(workspace):
        for name, extract in source.extracts.items():
            if extract.delivery.control_totals is None:
                continue
            compared, differing = one_row(
                connection, _comparison(source, name, extract.delivery.control_totals)
            )
            count += compared
            wrong += [f"{source.system}.{name}: {said}" for said in differing or []]
    return count, wrong


def _comparison(source: SourceFile, name: str, totals: ControlTotals) -> str:
    """Return a query of one row: totals compared, and a line for each that differs."""
    ours, theirs = source.extracts[name].columns, source.extracts[totals.extract].columns
    keys = [(_sql(own, ours), _sql(other, theirs)) for other, own in totals.on.items()]
    values = [
        (words, f"sum({_sql(words, ours)})", f"sum({_sql(other, theirs)})")
        for words, other in totals.totals.items()
    ]
    if totals.counts:
        values.append(("records", "count(*)", f"sum({_sql(totals.counts, theirs)})"))
    lines = " union all ".join(
        _difference(n, words, len(keys), totals.tolerance) for n, (words, _, _) in enumerate(values)
    )
    own = _measured((key for key, _ in keys), (value for _, value, _ in values))
    stated = _measured((key for _, key in keys), (value for _, _, value in values))
    return f"""
        with ours as (
            select {own} from {table_of(source.system, name)} as t group by all
        ),

        stated as (
            select {stated} from {table_of(source.system, totals.extract)} as t group by all
        ),

        compared as ({lines})

        select count(*), list(said order by said) filter (where differs) from compared
    """


def _difference(number: int, words: str, key_count: int, tolerance: Decimal) -> str:
    """Return the rows that compare one total, group by group."""
    keys = [f"k{n}" for n in range(key_count)]
    joined = " and ".join(["true", *(f"o.{k} is not distinct from s.{k}" for k in keys)])
    group = " || ' ' || ".join(["''", *(f"coalesce(o.{k}, s.{k}, '(none)')" for k in keys)])
    own, stated = f"coalesce(o.v{number}, 0)", f"s.v{number}"
    return f"""
        select
            abs({own} - coalesce({stated}, 0)) > {tolerance} or {stated} is null as differs,
            {literal(words)} || {group} || ' is ' || {own} || ', the source states '
                || coalesce(cast({stated} as varchar), 'nothing') || '.' as said
        from ours as o full join stated as s on {joined}
    """


def _measured(keys: Iterable[str], values: Iterable[str]) -> str:
    """Return the select list of one side: its keys as text, its values exact."""
    return ", ".join(
        [
            *(f"cast({key} as varchar) as k{n}" for n, key in enumerate(keys)),
            *(f"cast({value} as decimal(38, 10)) as v{n}" for n, value in enumerate(values)),
        ]
    )


def _sql(text: str, columns: Iterable[str]) -> str:
    """Return SQL of an expression; the configuration check has shown that it is allowed."""
    return checked(text, {"t": set(columns)}, default="t", place=text).sql(dialect="duckdb")

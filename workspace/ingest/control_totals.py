"""Whether what was loaded adds up to the totals that the source delivered beside it."""

from __future__ import annotations

from collections.abc import Iterable

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
    keys = [(_sql(other, theirs), _sql(own, ours)) for other, own in totals.on.items()]
    sums = [(own, _sql(own, ours), _sql(other, theirs)) for own, other in totals.totals.items()]
    values = [(words, f"sum({own})", f"sum({other})") for words, own, other in sums]
    if totals.counts:
        values.append(("records", "count(*)", f"sum({_sql(totals.counts, theirs)})"))
    own_keys = "".join(f"cast({own} as varchar) as k{n}, " for n, (_, own) in enumerate(keys))
    other_keys = "".join(f"cast({other} as varchar) as k{n}, " for n, (other, _) in enumerate(keys))
    joined = " and ".join(
        ["true", *(f"o.k{n} is not distinct from s.k{n}" for n in range(len(keys)))]
    )
    label = " || ' ' || ".join(
        ["''", *(f"coalesce(o.k{n}, s.k{n}, '(none)')" for n in range(len(keys)))]
    )
    lines = " union all ".join(
        f"""
        select
            abs(coalesce(o.v{n}, 0) - coalesce(s.v{n}, 0)) > {totals.tolerance}
                or s.v{n} is null as differs,
            {literal(words)} || {label} || ' is ' || coalesce(o.v{n}, 0)
                || ', the source states ' || coalesce(cast(s.v{n} as varchar), 'nothing')
                || '.' as said
        from ours as o full join stated as s on {joined}
        """
        for n, (words, _, _) in enumerate(values)
    )
    return f"""
        with ours as (
            select {own_keys}{_measured(own for _, own, _ in values)}
            from {table_of(source.system, name)} as t group by all
        ),

        stated as (
            select {other_keys}{_measured(other for _, _, other in values)}
            from {table_of(source.system, totals.extract)} as t group by all
        ),

        compared as ({lines})

        select count(*), list(said order by said) filter (where differs) from compared
    """


def _measured(expressions: Iterable[str]) -> str:
    return ", ".join(
        f"cast({expression} as decimal(38, 10)) as v{n}" for n, expression in enumerate(expressions)
    )


def _sql(text: str, columns: Iterable[str]) -> str:
    """Return SQL of an expression; the configuration check has shown that it is allowed."""
    return checked(text, {"t": set(columns)}, default="t", place=text).sql(dialect="duckdb")

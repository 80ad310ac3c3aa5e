"""Screening the tables of a night for outliers, metric by metric, as quality/outliers.yml says."""

from __future__ import annotations

import duckdb

from models.outliers.screen import Screened, screen
from orchestration.confirmed import register_confirmed
from orchestration.gate_book import Finding, book
from serving.wording import counted
from workspace.config.outlier_file import Metric
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.gated_elements import element_of, screened_table
from workspace.ingest.expressions import checked
from workspace.ingest.parsing import literal
from workspace.table_contract import TableContract
from workspace.warehouse import one_row

# Positions in the order of the key: the same rows are judged the same, in whatever order they lie.
ROWS = """
    create or replace temp table screened as
    select
        row_number() over (order by {order}) as position,
        concat_ws('@', {key}) as unit_id,
        {product} as product_id,
        {site} as site_id,
        {group_id} as group_id,
        {group_number} as "group",
        {values}
    from {table} as t
    where {where}
"""
FOUND = """
    create or replace temp table found_outliers (
        metric_name varchar, unit_id varchar, product_id varchar, site_id varchar,
        table_name varchar, column_name varchar, group_id varchar, group_count bigint,
        method varchar, transform varchar, value double, transformed_value double,
        typical_value double, score double, score_limit double, fence_low double,
        fence_high double, decision varchar
    )
"""
DECIDED = """
    with decided as (
        select
            found.* replace (
                case when confirmed.reason is not null then 'confirm' else found.decision end
                    as decision
            ),
            confirmed.reason
        from found_outliers as found
        left join confirmed_values as confirmed
            on
                confirmed.metric_name = found.metric_name
                and confirmed.unit_id = found.unit_id
                and confirmed.value = found.value
    ),

    final as (
        select
            *,
            case
                when decision = 'cap' then least(greatest(value, fence_low), fence_high)
            end as capped_value
        from decided
    )

    select * from final
"""


def screen_metrics(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Screen every metric, book what each found, and return the query of dq_outliers."""
    connection.execute(FOUND)
    register_confirmed(connection, "confirmed_values", workspace.quality.outliers.confirmed)
    for name, metric in workspace.quality.outliers.metrics.items():
        table = screened_table(metric)
        if table is None:
            cause = f"{name} screens `{metric.table}`, which is no table with a key."
            place = str(workspace.quality.outliers_document.file)
            raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
        found = _screen(connection, metric, table)
        _keep(connection, name, metric, found)
        _book(connection, name, metric, table, found)
    return DECIDED


def _screen(
    connection: duckdb.DuckDBPyConnection, metric: Metric, table: TableContract
) -> Screened:
    """Lay out the rows of a metric by position, and judge them."""
    columns = {column.name for column in table.columns}

    def written(text: str) -> str:
        tree = checked(text, {"t": columns}, default="t", place=metric.table)
        return tree.sql(dialect="duckdb")

    within = ", ".join(f"t.{column}" for column in metric.within)
    values = [f"v{number}" for number in range(len(metric.values))]
    connection.execute(
        ROWS.format(
            order=", ".join(f"t.{column} nulls first" for column in table.key),
            key=", ".join(f"t.{column}" for column in table.key),
            product="t.product_id" if "product_id" in columns else "null",
            site="t.site_id" if "site_id" in columns else "null",
            group_id=f"concat_ws('@', {within})" if within else "null",
            group_number=f"dense_rank() over (order by {within})" if within else "1",
            values=", ".join(
                f"cast({written(text)} as double) as {value}"
                for value, text in zip(values, metric.values.values(), strict=True)
            ),
            table=table.name,
            where=written(metric.where) if metric.where else "true",
        )
    )
    rows = connection.sql(f'select position, "group", {", ".join(values)} from screened').pl()
    return screen(rows, values, metric.screen)


def _keep(
    connection: duckdb.DuckDBPyConnection, name: str, metric: Metric, found: Screened
) -> None:
    """Join what was found with the rows it was found in."""
    value = " ".join(f"when {number} then v{number}" for number in range(len(metric.values)))
    column = " ".join(
        f"when {number} then {literal(word)}" for number, word in enumerate(metric.values)
    )
    connection.register("_outliers", found.outliers)
    connection.execute(
        f"""
        insert into found_outliers by name
        select
            {literal(name)} as metric_name, unit_id, product_id, site_id,
            {literal(metric.table)} as table_name,
            case column_number {column} end as column_name,
            group_id, group_count,
            {literal(metric.method.value)} as method,
            {literal(metric.transform.value)} as transform,
            case column_number {value} end as value,
            transformed_value, typical_value, score, score_limit, fence_low, fence_high,
            {literal(metric.decision)} as decision
        from _outliers join screened using (position)
        """
    )
    connection.unregister("_outliers")


def _book(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    metric: Metric,
    table: TableContract,
    found: Screened,
) -> None:
    """Book the metric as a gate that stops nothing: it fails while a value waits for a steward."""
    held, confirmed = one_row(
        connection,
        """
        select
            count(*) filter (where decision = 'hold' and c.reason is null),
            count(*) filter (where c.reason is not null)
        from found_outliers as f
        left join confirmed_values as c using (metric_name, unit_id, value)
        where metric_name = ?
        """,
        [name],
    )
    column = element_of(metric).split(".", 1)[1]
    many = counted(found.outliers.height, "outlier")
    said = f"{many}, {held} on hold, {confirmed} confirmed by a steward."
    finding = Finding(
        gate=f"{table.name}.{column}.outliers.{name}",
        table=table.name,
        kind="outlier",
        is_passed=held == 0,
        is_blocking=False,
        evaluated_count=found.evaluated_count,
        failed_count=held,
        detail=said if found.outliers.height else "",
    )
    book(connection, finding)


def screened_tables(workspace: Workspace) -> list[str]:
    """Return the tables that the metrics of a workspace read."""
    tables = (screened_table(metric) for metric in workspace.quality.outliers.metrics.values())
    return sorted({table.name for table in tables if table is not None})

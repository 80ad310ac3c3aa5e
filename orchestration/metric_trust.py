"""Which values of a night may move a unit: every metric that schemes read, check by check."""

from __future__ import annotations

import duckdb

from orchestration.confirmed import register_confirmed
from orchestration.gate_book import Finding, book
from serving.wording import counted
from workspace.config.metric_file import Control, ThresholdMetric
from workspace.folder import Workspace
from workspace.ingest.expressions import checked
from workspace.ingest.parsing import literal
from workspace.table_contract import TableContract, contracts, feature_tables
from workspace.units import KIND_BY_KEY, unit_key
from workspace.warehouse import one_row, row_count

TABLE = "control.dq_metric_trust"
CHECKED = """
    create or replace temp table checked_metrics (
        unit_type varchar, unit_id varchar, metric_name varchar, check_name varchar,
        table_name varchar, column_name varchar, value double, compared_value double,
        limit_value double, is_passed boolean
    )
"""
# A metric without a value has nothing to check: the scheme's fallback is for that.
SIGN = """
    select 'sign' as check_name, unit_id, value,
        {minimum} as compared_value, {minimum} as limit_value,
        coalesce(value >= {minimum}, true) as is_passed
    from measured
"""
# The last value that was trusted, and not the last one: what jumped once does not become usual.
JUMP = """
    select 'jump' as check_name, unit_id, value,
        prior_value as compared_value, {factor} as limit_value,
        coalesce(
            abs(value - prior_value) <= {least}
            or (
                value * prior_value >= 0
                and greatest(abs(value), abs(prior_value))
                <= {factor} * least(abs(value), abs(prior_value))
            ),
            true
        ) as is_passed
    from measured
"""
CONTROL = """
    select 'reconciliation' as check_name, unit_id, value,
        coalesce(control_value, 0) as compared_value, {tolerance} as limit_value,
        coalesce(abs(value - coalesce(control_value, 0)) <= {tolerance}, true) as is_passed
    from measured left join controlled using (unit_id)
    union all
    select 'currency' as check_name, unit_id, value,
        coalesce(unknown_count, 0) as compared_value, 0 as limit_value,
        value is null or coalesce(unknown_count, 0) = 0 as is_passed
    from measured left join controlled using (unit_id)
"""
# One row for each check; a metric is trusted where all passed, or a steward confirmed its value.
RESULT = """
    with judged as (
        select
            c.*,
            bool_and(c.is_passed) over (partition by c.unit_id, c.metric_name)
            or confirmed.value is not null as is_trusted,
            confirmed.value is not null as is_confirmed,
            p.trusted_value as prior_value,
            p.trusted_date as prior_date
        from checked_metrics as c
        left join confirmed_metrics as confirmed
            on
                confirmed.metric_name = c.metric_name
                and confirmed.unit_id = c.unit_id
                and confirmed.value = c.value
        left join trusted_before as p
            on p.metric_name = c.metric_name and p.unit_id = c.unit_id
    ),

    final as (
        select
            judged.* exclude (prior_value, prior_date),
            case when is_trusted and value is not null then value else prior_value end
                as trusted_value,
            case
                when is_trusted and value is not null then parameters.business_date
                else prior_date
            end as trusted_date
        from judged
        cross join night.parameters as parameters
    )

    select * from final
"""


def check_metrics(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Check every metric of every unit, book what each found, return dq_metric_trust's query."""
    connection.execute(CHECKED)
    connection.execute(
        "create or replace temp view trusted_before as "
        "select unit_id, metric_name, any_value(trusted_value) as trusted_value, "
        "any_value(trusted_date) as trusted_date "
        "from prior.dq_metric_trust group by unit_id, metric_name"
    )
    register_confirmed(connection, "confirmed_metrics", workspace.quality.metrics.confirmed)
    tables = {table.table: table for table in feature_tables()}
    for name, metric in workspace.quality.metrics.metrics.items():
        _check(connection, name, metric, tables[metric.table])
        _book(connection, name, metric, tables[metric.table])
    return RESULT


def _check(
    connection: duckdb.DuckDBPyConnection, name: str, metric: ThresholdMetric, table: TableContract
) -> None:
    """Lay out the values of a metric with those before, and make the checks it declares."""
    connection.execute(
        f"""
        create or replace temp table measured as
        select
            {unit_key(table.key, "t")} as unit_id,
            cast(t.{metric.column} as double) as value,
            p.trusted_value as prior_value
        from {table.name} as t
        left join trusted_before as p
            on p.metric_name = {literal(name)} and p.unit_id = {unit_key(table.key, "t")}
        """
    )
    checks: list[str] = []
    if metric.minimum is not None:
        checks.append(SIGN.format(minimum=_number(metric.minimum)))
    if metric.jump is not None:
        factor, least = _number(metric.jump.largest_factor), _number(metric.jump.least_change)
        checks.append(JUMP.format(factor=factor, least=least))
    if metric.control is not None:
        connection.execute(_controlled(metric.control, table))
        checks.append(CONTROL.format(tolerance=_number(metric.control.tolerance)))
    connection.execute(
        f"""
        insert into checked_metrics by name
        select
            {literal(KIND_BY_KEY[table.key].name)} as unit_type, {literal(name)} as metric_name,
            {literal(table.name)} as table_name, {literal(metric.column)} as column_name, made.*
        from ({" union all by name ".join(checks)}) as made
        """
    )


def _controlled(control: Control, table: TableContract) -> str:
    """Return the statement that adds up a control for each unit, over the months it speaks of."""
    facts = contracts()[f"facts.{control.table}"]
    columns = {"t": {column.name for column in facts.columns}}

    def written(text: str) -> str:
        return checked(text, columns, default="t", place=control.table).sql(dialect="duckdb")

    return f"""
        create or replace temp table controlled as
        select
            {unit_key(table.key, "t")} as unit_id,
            cast(sum({written(control.value)}) as double) as control_value,
            count(*) filter (where {written(control.value)} is null) as unknown_count
        from {facts.name} as t
        cross join night.parameters as parameters
        where
            t.{control.date} <= parameters.business_date
            and t.{control.date} > parameters.business_date - interval {control.months} month
            and {written(control.where) if control.where else "true"}
        group by all
    """


def _number(value: float) -> str:
    return f"cast({value!r} as double)"


def _book(
    connection: duckdb.DuckDBPyConnection, name: str, metric: ThresholdMetric, table: TableContract
) -> None:
    """Book the metric as a gate that stops nothing: its units wait where they are."""
    failed_checks = """
        from checked_metrics as c
        left join confirmed_metrics as confirmed using (metric_name, unit_id, value)
        where metric_name = ? and not is_passed and confirmed.value is null
    """
    rows = connection.execute(
        f"select check_name, count(*) {failed_checks} group by all order by all", [name]
    ).fetchall()
    (units,) = one_row(connection, f"select count(distinct unit_id) {failed_checks}", [name])
    failed = ", ".join(f"{check} {count}" for check, count in rows)
    finding = Finding(
        gate=f"{table.name}.{metric.column}.trust.{name}",
        table=table.name,
        kind="trust",
        is_passed=units == 0,
        is_blocking=False,
        evaluated_count=row_count(connection, table.name),
        failed_count=units,
        detail=f"{counted(units, 'unit')} keep their segments: {failed}." if units else "",
    )
    book(connection, finding)

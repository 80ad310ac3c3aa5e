"""Running schemes: each compiles to one statement over the features of its units."""

from __future__ import annotations

import duckdb

from models.segmentation.compile import compile_scheme
from models.segmentation.conditions import RuleError
from models.segmentation.scheme import Matrix, Scheme, SchemeError, rule_hash
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.schemes import UNIT_KEYS, in_order
from workspace.table_contract import feature_columns, feature_tables

CREATE = """
    create or replace temp table assigned (
        scheme_id varchar, product_id varchar, site_id varchar, segment_id varchar,
        rule_id varchar, rule_hash varchar, inputs varchar, fallback_code varchar,
        flip_column varchar, flip_value double, flip_segment_id varchar,
        value_at_stake_amount decimal(18, 4)
    )
"""

# A segment that stays keeps the day since which it holds.
RESULT = """
    with engine as (
        select
            scheme_id, product_id, site_id, segment_id, segment_id as engine_segment_id, rule_id,
            rule_hash, inputs, fallback_code, flip_column, flip_value, flip_segment_id,
            value_at_stake_amount
        from assigned
    ),

    final as (
        select
            engine.*,
            case
                when prior.segment_id = engine.segment_id then prior.valid_from
                else parameters.business_date
            end as valid_from,
            parameters.business_date as as_of_date
        from engine
        cross join night.parameters as parameters
        left join prior.segment_assignment as prior
            on
                prior.scheme_id = engine.scheme_id
                and prior.product_id = engine.product_id
                and prior.site_id = engine.site_id
    )

    select * from final
"""


def compiled(scheme: Scheme) -> str:
    """Return the statement of a scheme; its relation is `unit_features`, or `cells` for a matrix.

    Raises TierwiseError for a condition that is refused or a column that no feature has.
    """
    columns = feature_columns()
    relation = "unit_features"
    if isinstance(scheme.method, Matrix):
        relation = "cells"
        columns |= {scheme.method.row_scheme: "varchar", scheme.method.column_scheme: "varchar"}
    try:
        return compile_scheme(scheme, relation, columns)
    except RuleError as error:
        code = "CONFIG_UNKNOWN_COLUMN" if error.code == "RULE_UNKNOWN_COLUMN" else error.code
        raise TierwiseError(code, place=scheme.scheme_id, cause=f"{error}") from error
    except SchemeError as error:
        raise TierwiseError("CONFIG_VALUE", place=scheme.scheme_id, cause=f"{error}.") from error


def assign(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Run all schemes of products at sites; return the query of segment_assignment."""
    connection.execute(f"create or replace temp view unit_features as {_unit_features()}")
    connection.execute(CREATE)
    for scheme in in_order(workspace):
        if isinstance(scheme.method, Matrix):
            connection.execute(_cells(scheme.method))
        connection.execute(
            f"""
            insert into assigned by name
            select {literal(scheme.scheme_id)} as scheme_id,
                {literal(rule_hash(scheme))} as rule_hash, result.*
            from ({compiled(scheme)}) as result
            """
        )
    return RESULT


def _unit_features() -> str:
    """Join every feature table of products at sites; a new one is in as soon as it exists."""
    keys = UNIT_KEYS["product_site"]
    tables = [table for table in feature_tables() if table.key == keys]
    columns = [*keys] + [
        f"{table.table}.{column.name}"
        for table in tables
        for column in table.columns
        if column.name not in keys
    ]
    joins = " ".join(
        f"left join {table.name} as {table.table} using ({', '.join(keys)})" for table in tables
    )
    return f"select {', '.join(columns)} from facts.int_product_site {joins}"


def _cells(matrix: Matrix) -> str:
    """Return the statement that gives a matrix its relation: features and the two segments."""
    return f"""
        create or replace temp view cells as
        select
            unit_features.*,
            rows.segment_id as {matrix.row_scheme},
            columns.segment_id as {matrix.column_scheme}
        from unit_features
        left join assigned as rows
            on rows.scheme_id = {literal(matrix.row_scheme)}
            and rows.product_id = unit_features.product_id
            and rows.site_id = unit_features.site_id
        left join assigned as columns
            on columns.scheme_id = {literal(matrix.column_scheme)}
            and columns.product_id = unit_features.product_id
            and columns.site_id = unit_features.site_id
    """

"""Which delivered records are one object, and what its golden id is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from workspace.warehouse import create_by_contract, row_count, write_by_contract

TABLES = tuple(
    f"golden.{name}"
    for name in (
        "int_records_matched",
        "match_pairs",
        "match_records",
        "match_basis",
        "entity_events",
    )
)
TAX = """case
        when substr(tax_number, 1, 1) between '0' and '9'
            then coalesce(country_code, '') || tax_number
        else tax_number
    end"""
PART = """nullif(regexp_replace(upper(manufacturer_part_number), '[^A-Z0-9]', '', 'g'), '')
        || '|' || upper(manufacturer_name)"""


@dataclass(frozen=True, kw_only=True)
class Object:
    """One kind of thing: its records, what its ids begin with, and its identifiers in order."""

    records: str
    source_key: str
    letter: str
    keys: Mapping[str, str]


OBJECTS = {
    "customer": Object(
        records="staging.stg_customers",
        source_key="customer_id",
        letter="c",
        keys={
            "tax_number": TAX,
            "duns_number": "duns_number",
            "gln": "gln",
            "global_customer_id": "global_customer_id",
        },
    ),
    "product": Object(
        records="staging.stg_products",
        source_key="product_id",
        letter="p",
        keys={
            "gtin": "gtin",
            "global_product_id": "global_product_id",
            "manufacturer_part_number": PART,
        },
    ),
    # A site's own code joins nothing: two systems may both have a plant 1000.
    "site": Object(
        records="staging.stg_sites", source_key="site_id", letter="s", keys={"gln": "gln"}
    ),
    "supplier": Object(
        records="staging.stg_suppliers",
        source_key="supplier_id",
        letter="v",
        keys={"tax_number": TAX, "duns_number": "duns_number"},
    ),
}
DELIVERED = {"delivered_record": "_file || ':' || cast(_record as varchar)"}
MATCHED = """
    with recursive prior_xref as (
        select * from prior.golden_xref where object_type = '{object_type}'
    ),

    parameters as (
        select * from night.parameters
    ),

    systems as (
        select * from night.systems
    ),

    -- precedence numbers the records from the one whose system is trusted most
    records as (
        select
            delivered.*,
            row_number() over (
                order by systems.priority nulls last, delivered.record_key nulls last
            ) as precedence
        from {records} as delivered
        left join systems on delivered._system = systems.system
    ),

    key_values as (
        {key_values}
    ),

    shared_values as (
        select match_rule, key_value, min(precedence) as hub
        from key_values
        group by match_rule, key_value
        having count(*) between 2 and 20
    ),

    evidence as (
        select
            key_values.precedence, shared_values.hub, key_values.rule_order,
            key_values.match_rule
        from key_values
        inner join shared_values
            on
                key_values.match_rule = shared_values.match_rule
                and key_values.key_value = shared_values.key_value
    ),

    edges as (
        select precedence as from_record, hub as to_record from evidence where precedence <> hub
        union
        select hub as from_record, precedence as to_record from evidence where precedence <> hub
    ),

    reached as (
        select from_record as member, from_record as reached_record from edges
        union
        select reached.member, edges.to_record as reached_record
        from reached
        inner join edges on reached.reached_record = edges.from_record
    ),

    clusters as (
        select member, min(reached_record) as founder from reached group by member
    ),

    reasons as (
        select precedence, min_by(match_rule, rule_order) as match_rule
        from evidence
        group by precedence
    ),

    clustered as (
        select
            records.precedence,
            records.record_key,
            records._namespace as namespace,
            records.{source_key} as source_key,
            coalesce(clusters.founder, records.precedence) as founder,
            coalesce(reasons.match_rule, 'own key') as match_rule
        from records
        left join clusters on records.precedence = clusters.member
        left join reasons on records.precedence = reasons.precedence
    ),

    prior_ids as (
        select golden_id, min(valid_from) as minted_date from prior_xref group by golden_id
    ),

    last_known as (
        select namespace, source_key, max_by(golden_id, valid_from) as golden_id
        from prior_xref
        group by namespace, source_key
    ),

    claims as (
        select
            clustered.founder,
            prior_ids.golden_id,
            prior_ids.minted_date,
            row_number() over (
                partition by prior_ids.golden_id order by clustered.precedence nulls last
            ) as claim_rank
        from clustered
        inner join last_known
            on
                clustered.namespace = last_known.namespace
                and clustered.source_key = last_known.source_key
        inner join prior_ids on last_known.golden_id = prior_ids.golden_id
    ),

    carried as (
        select
            founder,
            golden_id,
            row_number() over (
                partition by founder order by minted_date nulls last, golden_id nulls last
            ) as age_rank
        from claims
        where claim_rank = 1
    ),

    minted as (
        select
            clustered.founder,
            '{letter}-' || substr(md5(clustered.record_key), 1, 16) as golden_id,
            '{letter}-'
            || substr(
                md5(clustered.record_key || '@' || cast(parameters.business_date as string)), 1, 16
            ) as second_golden_id
        from clustered
        cross join parameters
        where clustered.precedence = clustered.founder
    ),

    named as (
        select
            minted.founder,
            case
                when carried.golden_id is not null then carried.golden_id
                when prior_ids.golden_id is null then minted.golden_id
                else minted.second_golden_id
            end as golden_id
        from minted
        left join carried on minted.founder = carried.founder and carried.age_rank = 1
        left join prior_ids on minted.golden_id = prior_ids.golden_id
    ),

    final as (
        select
            '{object_type}' as object_type,
            clustered.namespace,
            clustered.source_key,
            clustered.record_key,
            named.golden_id,
            clustered.match_rule,
            cast(1 as double) as match_score,
            row_number() over (
                partition by clustered.founder order by clustered.precedence nulls last
            ) as survivorship_rank
        from clustered
        inner join named on clustered.founder = named.founder
    )

    select * from final
"""


def match_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write the tables of matching; return their row counts."""
    queries = [_matched(object_type, each) for object_type, each in OBJECTS.items()]
    for number, query in enumerate(queries):
        begin = "insert into" if number else "create or replace temp table"
        connection.execute(f"{begin} records_matched {'' if number else 'as'} {query}")
    for name in TABLES:
        create_by_contract(connection, name)
    write_by_contract(connection, TABLES[0], "select * from records_matched")
    return {name: row_count(connection, name) for name in TABLES}


def _matched(object_type: str, matched: Object) -> str:
    rules = {**matched.keys, **DELIVERED}
    key_values = " union all ".join(
        f"select precedence, {order} as rule_order, '{rule}' as match_rule, "
        f"{expression} as key_value from records where {expression} is not null"
        for order, (rule, expression) in enumerate(rules.items(), start=1)
    )
    return MATCHED.format(
        object_type=object_type,
        records=matched.records,
        source_key=matched.source_key,
        letter=matched.letter,
        key_values=key_values,
    )

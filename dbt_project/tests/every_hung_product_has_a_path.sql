{#- A product that hangs on a node without a path to a top: its namespace has no such node, a parent
    above it is missing, or parents run in a loop. hier_product leaves it out; this says so. A
    warning, since no segment and no policy stands on the hierarchy. -#}
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'hier_product'}}}) }}

with products as (
    select * from {{ ref('stg_products') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'product'
),

placed as (
    select * from {{ ref('hier_product') }}
    where node_id <> '{{ unassigned() }}'
),

final as (
    select distinct matched.golden_id
    from products
    inner join matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    left join placed on matched.golden_id = placed.product_id and placed.valid_to is null
    where products.hierarchy_node_id is not null and placed.product_id is null
)

select * from final

{#- A product that hangs on a node without a path to a top: the node is unknown, above it a parent
    is missing, or its parents run in a loop. hier_product would leave it out without a word. -#}
{{ config(meta={'dagster': {'ref': {'name': 'hier_product'}}}) }}

with hung as (
    select matched.golden_id as product_id
    from {{ ref('stg_products') }} as products
    inner join {{ ref('int_products_matched') }} as matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    where products.hierarchy_node_id is not null
),

placed as (
    select product_id from {{ ref('hier_product') }} where valid_to is null
)

select distinct hung.product_id
from hung
left join placed on hung.product_id = placed.product_id
where placed.product_id is null

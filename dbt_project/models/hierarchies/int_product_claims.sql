with products as (
    select * from {{ ref('stg_products') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'product'
),

nodes as (
    select * from {{ ref('int_product_node_levels') }}
),

reconciled_views as (
    select view_name from {{ source('night', 'hierarchy_views') }}
    where object_type = 'product' and is_reconciled
),

reconciled_nodes as (
    select nodes.*
    from nodes
    inner join reconciled_views on nodes.view_name = reconciled_views.view_name
),

hung as (
    select
        matched.golden_id as product_id,
        matched.namespace,
        matched.source_key,
        matched.survivorship_rank,
        nodes.view_name,
        nodes.node_id,
        nodes.read_as_node_id
    from products
    inner join matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    inner join nodes
        on
            products._namespace = nodes.namespace
            and products.hierarchy_node_id = nodes.node_id
),

-- where each record puts the product: in the tree that it was delivered with, and in the one tree
-- of all, if that is another
final as (
    select
        hung.product_id,
        hung.view_name,
        hung.namespace,
        hung.source_key,
        hung.survivorship_rank,
        hung.view_name as stated_in_view_name,
        hung.namespace as node_namespace,
        hung.node_id
    from hung
    union all
    select
        hung.product_id,
        reconciled_nodes.view_name,
        hung.namespace,
        hung.source_key,
        hung.survivorship_rank,
        hung.view_name as stated_in_view_name,
        reconciled_nodes.namespace as node_namespace,
        reconciled_nodes.node_id
    from hung
    inner join reconciled_nodes
        on
            hung.read_as_node_id = reconciled_nodes.node_id
            and hung.view_name <> reconciled_nodes.view_name
)

select * from final

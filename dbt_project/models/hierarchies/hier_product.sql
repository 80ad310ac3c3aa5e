with recursive nodes as (
    select
        _namespace as namespace,
        view_name,
        node_id,
        node_name,
        parent_node_id
    from {{ ref('stg_product_hierarchy') }}
),

products as (
    select * from {{ ref('stg_products') }}
),

matched as (
    select * from {{ ref('int_products_matched') }}
),

-- from the top down: a node is on a path only if a top is above it, which no loop has
descended as (
    select
        namespace,
        view_name,
        node_id,
        node_name,
        parent_node_id,
        1 as level_number
    from nodes
    where parent_node_id is null
    union all
    select
        nodes.namespace,
        nodes.view_name,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_node_id,
        descended.level_number + 1 as level_number
    from descended
    inner join nodes
        on
            descended.namespace = nodes.namespace
            and descended.view_name = nodes.view_name
            and descended.node_id = nodes.parent_node_id
),

-- in each view a product hangs where its most trusted record with a place in that view hangs
hung as (
    select
        matched.golden_id as product_id,
        descended.namespace,
        descended.view_name,
        descended.node_id,
        row_number() over (
            partition by matched.golden_id, descended.view_name
            order by matched.survivorship_rank nulls last
        ) as place_rank
    from products
    inner join matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    inner join descended
        on
            products._namespace = descended.namespace
            and products.hierarchy_node_id = descended.node_id
),

-- and back up from each node that carries products
climbed as (
    select distinct
        namespace,
        view_name,
        node_id as leaf_node_id,
        node_id
    from hung
    where place_rank = 1
    union all
    select
        climbed.namespace,
        climbed.view_name,
        climbed.leaf_node_id,
        nodes.parent_node_id as node_id
    from climbed
    inner join nodes
        on
            climbed.namespace = nodes.namespace
            and climbed.view_name = nodes.view_name
            and climbed.node_id = nodes.node_id
    where nodes.parent_node_id is not null
),

tonight as (
    select
        hung.product_id,
        hung.view_name,
        cast(descended.level_number as integer) as level_number,
        descended.node_id,
        descended.node_name,
        descended.parent_node_id
    from hung
    inner join climbed
        on
            hung.namespace = climbed.namespace
            and hung.view_name = climbed.view_name
            and hung.node_id = climbed.leaf_node_id
    inner join descended
        on
            climbed.namespace = descended.namespace
            and climbed.view_name = descended.view_name
            and climbed.node_id = descended.node_id
    where hung.place_rank = 1
),

{{ carry_history(
    tonight='tonight',
    prior=source('prior', 'hier_product'),
    key=['product_id', 'view_name', 'level_number'],
    values=['node_id', 'node_name', 'parent_node_id'],
) }},

final as (
    select * from history
)

select * from final

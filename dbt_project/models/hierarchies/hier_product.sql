with recursive nodes as (
    select * from {{ ref('int_product_node_levels') }}
),

places as (
    select * from {{ ref('int_product_places') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

-- from the node that a product hangs on, back up
climbed as (
    select
        places.product_id,
        places.view_name,
        places.settled_by,
        places.is_disputed,
        nodes.namespace,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_node_id,
        nodes.level_number,
        nodes.level_number as own_level_number
    from places
    inner join nodes
        on
            places.view_name = nodes.view_name
            and places.node_key = nodes.namespace || ':' || nodes.node_id
    union all
    select
        climbed.product_id,
        climbed.view_name,
        climbed.settled_by,
        climbed.is_disputed,
        nodes.namespace,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_node_id,
        nodes.level_number,
        climbed.own_level_number
    from climbed
    inner join nodes
        on
            climbed.view_name = nodes.view_name
            and climbed.namespace = nodes.namespace
            and climbed.parent_node_id = nodes.node_id
),

levels as (
    select distinct
        view_name,
        level_number
    from nodes
),

own as (
    select * from climbed
    where level_number = own_level_number
),

-- each level holds every product: under its own node again below it, and unassigned without one
tonight as (
    select
        products.product_id,
        levels.view_name,
        cast(levels.level_number as integer) as level_number,
        coalesce(climbed.namespace, own.namespace) as node_namespace,
        coalesce(climbed.node_id, own.node_id, '{{ unassigned() }}') as node_id,
        coalesce(climbed.node_name, own.node_name, '{{ unassigned() }}') as node_name,
        case
            when climbed.product_id is not null then climbed.parent_node_id
            else own.parent_node_id
        end as parent_node_id,
        levels.level_number = coalesce(own.level_number, 1) as is_own_node,
        own.settled_by,
        coalesce(own.is_disputed, false) as is_disputed
    from products
    cross join levels
    left join own
        on products.product_id = own.product_id and levels.view_name = own.view_name
    left join climbed
        on
            products.product_id = climbed.product_id
            and levels.view_name = climbed.view_name
            and levels.level_number = climbed.level_number
),

{{ carry_history(
    tonight='tonight',
    prior=source('prior', 'hier_product'),
    key=['product_id', 'view_name', 'level_number'],
    values=[
        'node_namespace', 'node_id', 'node_name', 'parent_node_id', 'is_own_node', 'settled_by',
        'is_disputed',
    ],
) }},

final as (
    select * from history
)

select * from final

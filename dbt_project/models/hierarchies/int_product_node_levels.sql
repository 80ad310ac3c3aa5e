with recursive nodes as (
    select
        _namespace as namespace,
        view_name,
        node_id,
        node_name,
        parent_node_id
    from {{ ref('stg_product_hierarchy') }}
),

readings as (
    select * from {{ source('night', 'hierarchy_readings') }}
),

-- from the top down: a node is on a path only if a top is above it, which no loop has
descended as (
    select
        nodes.namespace,
        nodes.view_name,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_node_id,
        1 as level_number,
        readings.read_as_node_id
    from nodes
    left join readings
        on
            nodes.namespace = readings.namespace
            and nodes.view_name = readings.view_name
            and nodes.node_id = readings.node_id
    where nodes.parent_node_id is null
    union all
    select
        nodes.namespace,
        nodes.view_name,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_node_id,
        descended.level_number + 1 as level_number,
        coalesce(readings.read_as_node_id, descended.read_as_node_id) as read_as_node_id
    from descended
    inner join nodes
        on
            descended.namespace = nodes.namespace
            and descended.view_name = nodes.view_name
            and descended.node_id = nodes.parent_node_id
    left join readings
        on
            nodes.namespace = readings.namespace
            and nodes.view_name = readings.view_name
            and nodes.node_id = readings.node_id
),

final as (
    select * from descended
)

select * from final

with recursive nodes as (
    select
        view_name,
        namespace,
        node_id,
        node_name,
        parent_namespace,
        parent_node_id,
        valid_from,
        coalesce(valid_to, {{ until_further_notice() }}) as valid_to
    from {{ ref('hier_customer_node') }}
),

-- from the top down: a node is on a path only on days on which a top is above it
descended as (
    select
        *,
        1 as level_number
    from nodes
    where parent_node_id is null
    union all
    select
        nodes.view_name,
        nodes.namespace,
        nodes.node_id,
        nodes.node_name,
        nodes.parent_namespace,
        nodes.parent_node_id,
        greatest(nodes.valid_from, descended.valid_from) as valid_from,
        least(nodes.valid_to, descended.valid_to) as valid_to,
        descended.level_number + 1 as level_number
    from descended
    inner join nodes
        on
            descended.view_name = nodes.view_name
            and descended.namespace = nodes.parent_namespace
            and descended.node_id = nodes.parent_node_id
            and descended.valid_from < nodes.valid_to
            and descended.valid_to > nodes.valid_from
),

final as (
    select * from descended
)

select * from final

with recursive descended as (
    select * from {{ ref('int_customer_node_levels') }}
),

places as (
    select * from {{ ref('int_customer_places') }}
),

-- from the node that each customer hangs on, back up
climbed as (
    select
        places.customer_id,
        places.view_name,
        descended.level_number,
        descended.level_number as own_level_number,
        descended.namespace,
        descended.node_id,
        descended.node_name,
        descended.parent_namespace,
        descended.parent_node_id,
        places.settled_by,
        places.is_disputed,
        greatest(places.valid_from, descended.valid_from) as valid_from,
        least(places.valid_to, descended.valid_to) as valid_to
    from places
    inner join descended
        on
            places.view_name = descended.view_name
            and places.node_key = descended.namespace || ':' || descended.node_id
            and places.valid_from < descended.valid_to
            and places.valid_to > descended.valid_from
    union all
    select
        climbed.customer_id,
        climbed.view_name,
        descended.level_number,
        climbed.own_level_number,
        descended.namespace,
        descended.node_id,
        descended.node_name,
        descended.parent_namespace,
        descended.parent_node_id,
        climbed.settled_by,
        climbed.is_disputed,
        greatest(climbed.valid_from, descended.valid_from) as valid_from,
        least(climbed.valid_to, descended.valid_to) as valid_to
    from climbed
    inner join descended
        on
            climbed.view_name = descended.view_name
            and climbed.parent_namespace = descended.namespace
            and climbed.parent_node_id = descended.node_id
            and climbed.level_number = descended.level_number + 1
            and climbed.valid_from < descended.valid_to
            and climbed.valid_to > descended.valid_from
),

final as (
    select * from climbed
)

select * from final

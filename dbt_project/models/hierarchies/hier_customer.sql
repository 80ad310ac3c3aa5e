with climbed as (
    select * from {{ ref('int_customer_paths') }}
),

descended as (
    select * from {{ ref('int_customer_node_levels') }}
),

customers as (
    select * from {{ ref('golden_customer') }}
),

stated_views as (
    select view_name from {{ source('night', 'hierarchy_views') }}
    where object_type = 'customer'
),

earlier as (
    select * from {{ source('prior', 'hier_customer') }}
),

own as (
    select * from climbed
    where level_number = own_level_number
),

levels as (
    select distinct
        view_name,
        level_number
    from descended
    union
    select
        view_name,
        1 as level_number
    from stated_views
),

views as (
    select distinct view_name from levels
),

-- days on which a customer hangs nowhere: before, between and after its places
placed_until as (
    select
        customer_id,
        view_name,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by customer_id, view_name order by valid_from nulls last
        ) as next_from
    from own
),

nowhere as (
    select
        customer_id,
        view_name,
        valid_to as valid_from,
        coalesce(next_from, {{ until_further_notice() }}) as valid_to
    from placed_until
    where valid_to < coalesce(next_from, {{ until_further_notice() }})
    union all
    select
        customers.customer_id,
        views.view_name,
        {{ since_ever() }} as valid_from,
        coalesce(min(own.valid_from), {{ until_further_notice() }}) as valid_to
    from customers
    cross join views
    left join own
        on customers.customer_id = own.customer_id and views.view_name = own.view_name
    group by customers.customer_id, views.view_name
    having coalesce(min(own.valid_from), {{ until_further_notice() }}) > {{ since_ever() }}
),

-- below its own node a customer's path goes on with that node, so that each level holds everyone
whole as (
    select
        customer_id,
        view_name,
        level_number,
        namespace as node_namespace,
        node_id,
        node_name,
        parent_node_id,
        level_number = own_level_number as is_own_node,
        settled_by,
        is_disputed,
        valid_from,
        valid_to
    from climbed
    union all
    select
        own.customer_id,
        own.view_name,
        levels.level_number,
        own.namespace as node_namespace,
        own.node_id,
        own.node_name,
        own.parent_node_id,
        false as is_own_node,
        own.settled_by,
        own.is_disputed,
        own.valid_from,
        own.valid_to
    from own
    inner join levels
        on own.view_name = levels.view_name and own.level_number < levels.level_number
    union all
    select
        nowhere.customer_id,
        nowhere.view_name,
        levels.level_number,
        cast(null as string) as node_namespace,
        '{{ unassigned() }}' as node_id,
        '{{ unassigned() }}' as node_name,
        cast(null as string) as parent_node_id,
        levels.level_number = 1 as is_own_node,
        cast(null as string) as settled_by,
        false as is_disputed,
        nowhere.valid_from,
        nowhere.valid_to
    from nowhere
    inner join levels on nowhere.view_name = levels.view_name
),

{{ joined_intervals('whole', [
    'customer_id', 'view_name', 'level_number', 'node_namespace', 'node_id', 'node_name',
    'parent_node_id', 'is_own_node', 'settled_by', 'is_disputed',
], 'joined') }},

final as (
    select
        joined.customer_id,
        joined.view_name,
        cast(joined.level_number as integer) as level_number,
        joined.node_namespace,
        joined.node_id,
        joined.node_name,
        joined.parent_node_id,
        joined.is_own_node,
        joined.settled_by,
        joined.is_disputed,
        joined.valid_from,
        joined.valid_to,
        coalesce(earlier.recorded_date, tonight.business_date) as recorded_date
    from joined
    cross join {{ source('night', 'parameters') }} as tonight
    left join earlier
        on
            joined.customer_id = earlier.customer_id
            and joined.view_name = earlier.view_name
            and joined.level_number = earlier.level_number
            and joined.valid_from = earlier.valid_from
            and joined.node_id = earlier.node_id
            and joined.node_namespace is not distinct from earlier.node_namespace
)

select * from final

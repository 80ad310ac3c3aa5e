with disputes as (
    select * from {{ ref('int_customer_disputes') }}
),

claims as (
    select * from {{ ref('int_customer_claims') }}
    where valid_to = {{ until_further_notice() }}
),

customers as (
    select * from {{ ref('hier_customer') }}
    where is_own_node and valid_to is null
),

opinions as (
    select * from {{ ref('int_product_opinions') }}
),

by_view as (
    select * from {{ ref('int_customer_places_by_view') }}
    where valid_to = {{ until_further_notice() }}
),

products as (
    select * from {{ ref('hier_product') }}
    where is_own_node and valid_to is null
),

order_lines as (
    select * from {{ ref('fct_order_line') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- the nodes that accounts of one customer, or records of one product, hang on in one view
stated as (
    select
        'customer' as object_type,
        customer_id as object_id,
        view_name,
        node_namespace || ':' || node_id as node_key,
        min(survivorship_rank) as trust
    from claims
    group by customer_id, view_name, node_namespace, node_id
    union all
    select
        'product' as object_type,
        product_id as object_id,
        view_name,
        node_key,
        min(survivorship_rank) as trust
    from opinions
    group by product_id, view_name, node_key
),

in_turn as (
    select
        *,
        row_number() over (
            partition by object_type, object_id, view_name
            order by trust nulls last, node_key nulls last
        ) as turn
    from stated
),

differing as (
    select
        earlier.object_type,
        earlier.object_id,
        'sources' as kind,
        earlier.view_name,
        earlier.view_name as other_view_name,
        earlier.node_key,
        later.node_key as other_node_key
    from in_turn as earlier
    inner join in_turn as later
        on
            earlier.object_type = later.object_type
            and earlier.object_id = later.object_id
            and earlier.view_name = later.view_name
    where earlier.turn = 1 and later.turn > 1
    union all
    select
        'customer' as object_type,
        customer_id as object_id,
        'views' as kind,
        view_name,
        other_view_name,
        node_key,
        other_node_key
    from disputes
),

standing as (
    select
        'customer' as object_type,
        customer_id as object_id,
        view_name,
        node_id,
        settled_by,
        valid_from
    from customers
    union all
    select
        'product' as object_type,
        product_id as object_id,
        view_name,
        node_id,
        settled_by,
        valid_from
    from products
),

sold as (
    {{ recent_order_lines() }}
),

stakes as (
    select
        'customer' as object_type,
        customer_id as object_id,
        sum(revenue_amount) as value_at_stake_amount
    from sold
    group by customer_id
    union all
    select
        'product' as object_type,
        product_id as object_id,
        sum(revenue_amount) as value_at_stake_amount
    from sold
    group by product_id
),

final as (
    select
        differing.object_type,
        differing.object_id,
        differing.view_name,
        differing.other_view_name,
        differing.node_key,
        differing.other_node_key,
        differing.kind,
        case
            when differing.kind = 'views' then disputes.settled_by
            when differing.object_type = 'customer' then by_view.settled_by
            else here.settled_by
        end as settled_by,
        here.node_id as standing_node_id,
        there.node_id as other_standing_node_id,
        greatest(here.valid_from, there.valid_from) as standing_from,
        {{ amount('coalesce(stakes.value_at_stake_amount, 0)') }} as value_at_stake_amount
    from differing
    inner join standing as here
        on
            differing.object_type = here.object_type
            and differing.object_id = here.object_id
            and differing.view_name = here.view_name
    inner join standing as there
        on
            differing.object_type = there.object_type
            and differing.object_id = there.object_id
            and differing.other_view_name = there.view_name
    left join stakes
        on
            differing.object_type = stakes.object_type
            and differing.object_id = stakes.object_id
    left join disputes
        on
            differing.object_type = 'customer'
            and differing.kind = 'views'
            and differing.object_id = disputes.customer_id
            and differing.view_name = disputes.view_name
            and differing.other_view_name = disputes.other_view_name
    left join by_view
        on
            differing.object_type = 'customer'
            and differing.object_id = by_view.customer_id
            and differing.view_name = by_view.view_name
)

select * from final

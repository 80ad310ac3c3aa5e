with claims as (
    select
        *,
        node_namespace || ':' || node_id as node_key
    from {{ ref('int_product_claims') }}
),

opinions as (
    select * from {{ ref('int_product_opinions') }}
),

reconciled_views as (
    select view_name from {{ source('night', 'hierarchy_views') }}
    where object_type = 'product' and is_reconciled
),

standing as (
    select * from {{ source('prior', 'hier_product') }}
    where is_own_node and valid_to is null
),

counted as (
    select
        product_id,
        view_name,
        count(distinct node_key) as node_count,
        min(node_key) as node_key
    from opinions
    group by product_id, view_name
),

supports as (
    select
        opinions.product_id as conflict_id,
        opinions.node_key,
        opinions.node_id,
        opinions.stated_in_view_name as view_name,
        opinions.namespace,
        opinions.source_key
    from opinions
    inner join counted
        on
            opinions.product_id = counted.product_id
            and opinions.view_name = counted.view_name
    where counted.node_count > 1
),

{{ settle('supports', 'product') }},

-- in a tree that is nobody else's, the most trusted record with a place in it says where
alone as (
    select
        claims.*,
        row_number() over (
            partition by claims.product_id, claims.view_name
            order by claims.survivorship_rank nulls last
        ) as place_rank
    from claims
    left join reconciled_views on claims.view_name = reconciled_views.view_name
    where reconciled_views.view_name is null
),

final as (
    select
        counted.product_id,
        counted.view_name,
        case
            when counted.node_count = 1 then counted.node_key
            else coalesce(
                settled.node_key, standing.node_namespace || ':' || standing.node_id
            )
        end as node_key,
        settled.settled_by,
        counted.node_count > 1 as is_disputed
    from counted
    left join settled on counted.product_id = settled.conflict_id
    left join standing
        on
            counted.product_id = standing.product_id
            and counted.view_name = standing.view_name
    union all
    select
        product_id,
        view_name,
        node_key,
        cast(null as string) as settled_by,
        false as is_disputed
    from alone
    where place_rank = 1
)

select * from final

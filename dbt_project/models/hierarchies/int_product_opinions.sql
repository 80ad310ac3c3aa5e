with recursive claims as (
    select
        *,
        node_namespace || ':' || node_id as node_key
    from {{ ref('int_product_claims') }}
),

nodes as (
    select * from {{ ref('int_product_node_levels') }}
),

reconciled_views as (
    select view_name from {{ source('night', 'hierarchy_views') }}
    where object_type = 'product' and is_reconciled
),

contended as (
    select claims.*
    from claims
    inner join reconciled_views on claims.view_name = reconciled_views.view_name
),

above as (
    select
        view_name,
        namespace,
        node_id,
        parent_node_id
    from nodes
    where parent_node_id is not null
    union
    select
        above.view_name,
        above.namespace,
        above.node_id,
        nodes.parent_node_id
    from above
    inner join nodes
        on
            above.view_name = nodes.view_name
            and above.namespace = nodes.namespace
            and above.parent_node_id = nodes.node_id
    where nodes.parent_node_id is not null
),

-- a place above another one does not contradict it: it only says less
said_less as (
    select distinct
        lower_claims.product_id,
        above.namespace || ':' || above.parent_node_id as node_key
    from contended as lower_claims
    inner join above
        on
            lower_claims.view_name = above.view_name
            and lower_claims.node_namespace = above.namespace
            and lower_claims.node_id = above.node_id
),

final as (
    select
        contended.product_id,
        contended.view_name,
        contended.namespace,
        contended.source_key,
        contended.survivorship_rank,
        contended.stated_in_view_name,
        contended.node_id,
        contended.node_key
    from contended
    left join said_less
        on
            contended.product_id = said_less.product_id
            and contended.node_key = said_less.node_key
    where said_less.product_id is null
)

select * from final

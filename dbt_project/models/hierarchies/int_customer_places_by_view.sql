with claims as (
    select * from {{ ref('int_customer_claims') }}
),

standing as (
    select * from {{ source('prior', 'hier_customer') }}
    where is_own_node and valid_to is null
),

periods as (
    select
        customer_id,
        view_name,
        valid_from,
        valid_to,
        count(distinct node_key) as node_count,
        min(node_key) as node_key
    from claims
    group by customer_id, view_name, valid_from, valid_to
),

supports as (
    select
        claims.customer_id || '|' || claims.view_name || '|' || cast(claims.valid_from as string)
            as conflict_id,
        claims.node_key,
        claims.node_id,
        claims.view_name,
        claims.namespace,
        claims.source_key
    from claims
    inner join periods
        on
            claims.customer_id = periods.customer_id
            and claims.view_name = periods.view_name
            and claims.valid_from = periods.valid_from
    where periods.node_count > 1
),

{{ settle('supports', 'customer') }},

-- the last day before a period from which the place was not in question
looked_back as (
    select
        *,
        max(case when node_count = 1 then valid_from end) over (
            partition by customer_id, view_name
            order by valid_from nulls last
            rows between unbounded preceding and 1 preceding
        ) as last_clear_from
    from periods
),

final as (
    select
        looked_back.customer_id,
        looked_back.view_name,
        looked_back.valid_from,
        looked_back.valid_to,
        case
            when looked_back.node_count = 1 then looked_back.node_key
            else coalesce(
                settled.node_key,
                standing.node_namespace || ':' || standing.node_id,
                cleared.node_key
            )
        end as node_key,
        settled.settled_by,
        looked_back.node_count > 1 as is_disputed
    from looked_back
    left join settled
        on
            looked_back.customer_id
            || '|'
            || looked_back.view_name
            || '|'
            || cast(looked_back.valid_from as string)
            = settled.conflict_id
    left join standing
        on
            looked_back.customer_id = standing.customer_id
            and looked_back.view_name = standing.view_name
            and looked_back.valid_to = {{ until_further_notice() }}
    left join looked_back as cleared
        on
            looked_back.customer_id = cleared.customer_id
            and looked_back.view_name = cleared.view_name
            and looked_back.last_clear_from = cleared.valid_from
)

select * from final

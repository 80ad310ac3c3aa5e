with members as (
    select * from {{ ref('hier_customer_member') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'customer'
),

claims as (
    select
        matched.golden_id as customer_id,
        members.view_name,
        members.namespace,
        members.source_key,
        matched.survivorship_rank,
        members.node_namespace,
        members.node_id,
        members.node_namespace || ':' || members.node_id as node_key,
        members.valid_from,
        coalesce(members.valid_to, {{ until_further_notice() }}) as valid_to
    from members
    inner join matched
        on members.namespace = matched.namespace and members.source_key = matched.source_key
),

-- a customer's place may change on each day on which one of its accounts' does
days as (
    select
        customer_id,
        view_name,
        valid_from as change_date
    from claims
    union
    select
        customer_id,
        view_name,
        valid_to as change_date
    from claims
),

periods as (
    select
        customer_id,
        view_name,
        change_date as valid_from,
        lead(change_date) over (
            partition by customer_id, view_name order by change_date nulls last
        ) as valid_to
    from days
),

final as (
    select
        periods.customer_id,
        periods.view_name,
        periods.valid_from,
        periods.valid_to,
        claims.namespace,
        claims.source_key,
        claims.survivorship_rank,
        claims.node_namespace,
        claims.node_id,
        claims.node_key
    from periods
    inner join claims
        on
            periods.customer_id = claims.customer_id
            and periods.view_name = claims.view_name
            and periods.valid_from >= claims.valid_from
            and periods.valid_from < claims.valid_to
)

select * from final

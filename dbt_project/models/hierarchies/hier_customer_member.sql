with delivered as (
    select * from {{ ref('stg_customer_hierarchy') }}
),

earlier as (
    select * from {{ source('prior', 'hier_customer_member') }}
),

parents as (
    {{ parent_nodes('delivered') }}
),

-- an account hangs on the node above it, or is itself that node where others hang below it
placed as (
    select
        delivered.view_name,
        delivered._namespace as namespace,
        delivered.customer_id as source_key,
        case
            when parents.node_id is not null then delivered.namespace
            else delivered.parent_namespace
        end as node_namespace,
        coalesce(parents.node_id, delivered.parent_node_id) as node_id,
        delivered.valid_from,
        delivered.valid_to
    from delivered
    left join parents
        on
            delivered.view_name = parents.view_name
            and delivered.namespace = parents.namespace
            and delivered.node_id = parents.node_id
    where delivered.customer_id is not null
),

tonight as (
    select distinct * from placed
    where node_id is not null
),

{{ stated_history(
    tonight='tonight',
    prior=source('prior', 'hier_customer_member'),
    subject=['view_name', 'namespace', 'source_key'],
    values=['node_namespace', 'node_id'],
) }},

final as (
    select
        history.view_name,
        history.namespace,
        history.source_key,
        history.node_namespace,
        history.node_id,
        history.valid_from,
        history.valid_to,
        coalesce(earlier.recorded_date, parameters.business_date) as recorded_date
    from history
    cross join parameters
    left join earlier
        on
            history.view_name = earlier.view_name
            and history.namespace = earlier.namespace
            and history.source_key = earlier.source_key
            and history.node_namespace = earlier.node_namespace
            and history.node_id = earlier.node_id
            and history.valid_from = earlier.valid_from
)

select * from final

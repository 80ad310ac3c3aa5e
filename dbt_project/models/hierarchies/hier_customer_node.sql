with delivered as (
    select * from {{ ref('stg_customer_hierarchy') }}
),

customers as (
    select * from {{ ref('stg_customers') }}
),

earlier as (
    select * from {{ source('prior', 'hier_customer_node') }}
),

parents as (
    {{ parent_nodes('delivered') }}
),

-- an account is a node of the tree only where something hangs below it
nodes as (
    select
        delivered.*,
        coalesce(delivered.node_name, customers.customer_name) as known_name
    from delivered
    left join parents
        on
            delivered.view_name = parents.view_name
            and delivered.namespace = parents.namespace
            and delivered.node_id = parents.node_id
    left join customers
        on
            delivered._namespace = customers._namespace
            and delivered.customer_id = customers.customer_id
    where delivered.customer_id is null or parents.node_id is not null
),

tonight as (
    select distinct
        view_name,
        namespace,
        node_id,
        case when parent_node_id is not null then parent_namespace end as parent_namespace,
        parent_node_id,
        valid_from,
        valid_to
    from nodes
),

-- a name is no place: a node that is renamed has its new name throughout, and moves nobody
names as (
    select
        view_name,
        namespace,
        node_id,
        max_by(
            known_name,
            cast(coalesce(valid_from, {{ since_ever() }}) as string) || ' ' || known_name
        ) as node_name
    from nodes
    where known_name is not null
    group by view_name, namespace, node_id
),

earlier_names as (
    select
        view_name,
        namespace,
        node_id,
        max_by(node_name, valid_from) as node_name
    from earlier
    group by view_name, namespace, node_id
),

{{ stated_history(
    tonight='tonight',
    prior=source('prior', 'hier_customer_node'),
    subject=['view_name', 'namespace', 'node_id'],
    values=['parent_namespace', 'parent_node_id'],
) }},

final as (
    select
        history.view_name,
        history.namespace,
        history.node_id,
        coalesce(names.node_name, earlier_names.node_name, history.node_id) as node_name,
        history.parent_namespace,
        history.parent_node_id,
        history.valid_from,
        history.valid_to,
        coalesce(earlier.recorded_date, parameters.business_date) as recorded_date
    from history
    cross join parameters
    left join names
        on
            history.view_name = names.view_name
            and history.namespace = names.namespace
            and history.node_id = names.node_id
    left join earlier_names
        on
            history.view_name = earlier_names.view_name
            and history.namespace = earlier_names.namespace
            and history.node_id = earlier_names.node_id
    left join earlier
        on
            history.view_name = earlier.view_name
            and history.namespace = earlier.namespace
            and history.node_id = earlier.node_id
            and history.valid_from = earlier.valid_from
            and history.parent_node_id is not distinct from earlier.parent_node_id
)

select * from final

with source as (
    select * from {{ source('raw', 'customer_hierarchy') }}
),

final as (
    select
        view_name,
        case
            when customer_id is null then coalesce(node_namespace, _namespace)
            else _namespace
        end as namespace,
        node_id,
        {{ blank_as_null('node_name') }} as node_name,
        coalesce(node_namespace, _namespace) as parent_namespace,
        {{ blank_as_null('parent_node_id') }} as parent_node_id,
        {{ blank_as_null('customer_id') }} as customer_id,
        {{ blank_as_null('segment_code') }} as segment_code,
        valid_from,
        valid_to,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

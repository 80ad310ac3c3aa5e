with source as (
    select * from {{ source('raw', 'product_hierarchy') }}
),

final as (
    select
        view_name,
        node_id,
        {{ blank_as_null('parent_node_id') }} as parent_node_id,
        {{ blank_as_null('node_name') }} as node_name,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

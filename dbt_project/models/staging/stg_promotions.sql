with source as (
    select * from {{ source('raw', 'promotions') }}
),

final as (
    select
        promotion_id,
        line_number,
        lower({{ blank_as_null('promotion_kind') }}) as promotion_kind,
        product_id,
        case when product_id is null then {{ blank_as_null('hierarchy_node_id') }} end
            as hierarchy_node_id,
        site_id,
        customer_id,
        start_date,
        end_date,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

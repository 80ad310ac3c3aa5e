with source as (
    select * from {{ source('raw', 'bill_of_materials') }}
),

final as (
    select
        parent_product_id,
        component_product_id,
        quantity_per_units,
        coalesce(yield_rate, 1) as yield_rate,
        coalesce(is_phantom, false) as is_phantom,
        coalesce(valid_from, {{ since_ever() }}) as valid_from,
        valid_to,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

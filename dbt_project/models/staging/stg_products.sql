with source as (
    select * from {{ source('raw', 'products') }}
),

final as (
    select
        {{ record_key('product_id') }} as record_key,
        product_id,
        {{ blank_as_null('product_name') }} as product_name,
        {{ fixed_digits('gtin', 14) }} as gtin,
        {{ blank_as_null('manufacturer_part_number') }} as manufacturer_part_number,
        {{ blank_as_null('manufacturer_name') }} as manufacturer_name,
        {{ blank_as_null('global_product_id') }} as global_product_id,
        {{ blank_as_null('hierarchy_node_id') }} as hierarchy_node_id,
        {{ blank_as_null('product_line') }} as product_line,
        {{ blank_as_null('base_unit_code') }} as base_unit_code,
        standard_cost_amount,
        list_price_amount,
        {{ upper_code('currency_code') }} as currency_code,
        launch_date,
        discontinued_date,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'products') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        {{ record_key('product_id') }} as record_key,
        source.product_id,
        {{ blank_as_null('product_name') }} as product_name,
        {{ fixed_digits('gtin', 14) }} as gtin,
        {{ blank_as_null('manufacturer_part_number') }} as manufacturer_part_number,
        {{ blank_as_null('manufacturer_name') }} as manufacturer_name,
        {{ blank_as_null('global_product_id') }} as global_product_id,
        {{ blank_as_null('hierarchy_node_id') }} as hierarchy_node_id,
        {{ blank_as_null('product_line') }} as product_line,
        codes.unit_code as base_unit_code,
        source.standard_cost_amount,
        source.list_price_amount,
        {{ upper_code('currency_code') }} as currency_code,
        source.launch_date,
        source.discontinued_date,
        source.changed_date,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.base_unit_code = codes.delivered_code
)

select * from final

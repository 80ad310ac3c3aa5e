with source as (
    select * from {{ source('raw', 'purchase_order_lines') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        {{ record_key('purchase_order_id', 'line_number') }} as record_key,
        purchase_order_id,
        line_number,
        supplier_id,
        product_id,
        site_id,
        order_date,
        due_date,
        ordered_units,
        codes.unit_code,
        unit_price_amount,
        {{ upper_code('currency_code') }} as currency_code,
        is_cancelled,
        _system,
        _namespace,
        _file,
        _record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

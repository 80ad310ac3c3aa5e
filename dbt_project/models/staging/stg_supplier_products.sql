with source as (
    select * from {{ source('raw', 'supplier_products') }}
),

final as (
    select
        supplier_id,
        product_id,
        planned_lead_time_days,
        minimum_order_units,
        order_multiple_units,
        purchase_price_amount,
        {{ upper_code('currency_code') }} as currency_code,
        is_preferred,
        coalesce(valid_from, {{ since_ever() }}) as valid_from,
        valid_to,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'transport_legs') }}
),

final as (
    select
        {{ record_key('leg_id') }} as leg_key,
        leg_id,
        leg_date,
        shipment_id,
        order_id,
        order_line_number,
        freight_amount,
        {{ upper_code('currency_code') }} as currency_code,
        coalesce(is_premium, false) as is_premium,
        carrier_name,
        {{ record_key('order_id', 'order_line_number') }} as order_line_id,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'order_lines') }}
),

final as (
    select
        {{ record_key('order_id', 'line_number') }} as record_key,
        order_id,
        line_number,
        transaction_type,
        customer_id,
        product_id,
        site_id,
        order_date,
        ordered_at,
        requested_date,
        shipped_date,
        quantity_units,
        net_amount,
        cost_amount,
        {{ upper_code('currency_code') }} as currency_code,
        is_cancelled,
        original_order_id,
        original_line_number,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'order_lines') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
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
        codes.unit_code,
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
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

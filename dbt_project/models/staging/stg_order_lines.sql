with source as (
    select * from {{ source('raw', 'order_lines') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        {{ record_key('order_id', 'line_number') }} as record_key,
        source.order_id,
        source.line_number,
        source.transaction_type,
        coalesce(source.demand_kind, 'regular') as demand_kind,
        source.customer_id,
        source.product_id,
        source.site_id,
        source.order_date,
        source.ordered_at,
        source.requested_date,
        source.shipped_date,
        source.quantity_units,
        codes.unit_code,
        source.net_amount,
        source.cost_amount,
        source.cost_basis,
        source.list_amount,
        source.rebate_amount,
        source.payment_days,
        {{ upper_code('currency_code') }} as currency_code,
        source.order_channel,
        source.handling_code,
        source.is_cancelled,
        source.original_order_id,
        source.original_line_number,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

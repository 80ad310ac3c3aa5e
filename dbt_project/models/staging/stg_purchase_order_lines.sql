with source as (
    select * from {{ source('raw', 'purchase_order_lines') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        {{ record_key('purchase_order_id', 'line_number') }} as record_key,
        source.purchase_order_id,
        source.line_number,
        source.supplier_id,
        source.product_id,
        source.site_id,
        source.order_date,
        coalesce(source.source_supplier_id, source.supplier_id) as source_supplier_id,
        source.due_date,
        source.first_confirmed_date,
        source.last_confirmed_date,
        source.ordered_units,
        codes.unit_code,
        source.unit_price_amount,
        {{ upper_code('currency_code') }} as currency_code,
        source.is_cancelled,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

with source as (
    select * from {{ source('raw', 'shipment_lines') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        source.shipment_id,
        source.line_number,
        source.transaction_type,
        source.order_id,
        source.order_line_number,
        source.product_id,
        source.site_id,
        source.planned_date,
        source.shipped_date,
        source.shipped_units,
        codes.unit_code,
        source.carrier_name,
        {{ record_key('order_id', 'order_line_number') }} as order_line_id,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

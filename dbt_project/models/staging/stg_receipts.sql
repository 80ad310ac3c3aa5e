with source as (
    select * from {{ source('raw', 'receipts') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        source.purchase_order_id,
        source.line_number,
        source.receipt_number,
        source.receipt_date,
        source.received_units,
        source.rejected_units,
        codes.unit_code,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

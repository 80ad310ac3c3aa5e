with source as (
    select * from {{ source('raw', 'receipts') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        purchase_order_id,
        line_number,
        receipt_number,
        receipt_date,
        received_units,
        rejected_units,
        codes.unit_code,
        _system,
        _namespace,
        _file,
        _record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

with source as (
    select * from {{ source('raw', 'receipts') }}
),

final as (
    select
        purchase_order_id,
        line_number,
        receipt_number,
        receipt_date,
        received_units,
        rejected_units,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

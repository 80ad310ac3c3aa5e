with receipts as (
    select * from {{ ref('stg_receipts') }}
),

purchase_order_lines as (
    select * from {{ ref('stg_purchase_order_lines') }}
),

units as (
    select * from {{ ref('int_product_units') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

counted as (
    select
        purchase_order_lines.record_key as purchase_order_line_id,
        receipts.receipt_number,
        receipts.receipt_date,
        {{ in_base_units('receipts.received_units', 'units.numerator', 'units.denominator') }}
            as received_units,
        {{ in_base_units(
            'coalesce(receipts.rejected_units, 0)', 'units.numerator', 'units.denominator',
        ) }} as rejected_units
    from receipts
    cross join parameters
    inner join purchase_order_lines
        on
            receipts._namespace = purchase_order_lines._namespace
            and receipts.purchase_order_id = purchase_order_lines.purchase_order_id
            and receipts.line_number = purchase_order_lines.line_number
    left join units
        on
            {{ unit_of(
                'units', 'receipts._namespace', 'purchase_order_lines.product_id',
                'receipts.unit_code', 'receipts.receipt_date',
            ) }}
    where receipts.receipt_date <= parameters.business_date
),

final as (
    select
        purchase_order_line_id,
        receipt_number,
        receipt_date,
        received_units,
        {{ amount('received_units - rejected_units') }} as accepted_units
    from counted
)

select * from final

with raw_extracts as (
    select * from {{ source('control', 'raw_extracts') }}
),

files as (
    select
        system,
        file_sha256,
        min(extract) as extract
    from raw_extracts
    where file_sha256 is not null
    group by system, file_sha256
),

order_lines as (
    {{ history_days('order_lines', 'order_date', [
        'transaction_type', 'customer_id', 'product_id', 'site_id', 'requested_date',
        'quantity_units', 'net_amount', 'is_cancelled',
    ], units='quantity_units', amount='net_amount') }}
),

purchase_order_lines as (
    {{ history_days('purchase_order_lines', 'order_date', [
        'supplier_id', 'product_id', 'site_id', 'due_date', 'ordered_units', 'is_cancelled',
    ], units='ordered_units') }}
),

receipts as (
    {{ history_days('receipts', 'receipt_date', [
        'purchase_order_id', 'line_number', 'received_units', 'rejected_units',
    ], units='received_units') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

histories as (
    select * from order_lines
    union all
    select * from purchase_order_lines
    union all
    select * from receipts
),

-- what lies after the business date is no history yet
final as (
    select histories.*
    from histories
    cross join parameters
    where histories.history_date <= parameters.business_date
)

select * from final

with purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

receipts as (
    select * from {{ ref('int_receipts_accepted') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

received as (
    select
        purchase_order_lines.purchase_order_line_id,
        sum(receipts.received_units) as received_units,
        sum(receipts.accepted_units) as accepted_units,
        sum(
            case
                when receipts.receipt_date <= purchase_order_lines.due_date
                    then receipts.accepted_units
                else 0
            end
        ) as on_time_units
    from purchase_order_lines
    inner join receipts
        on purchase_order_lines.purchase_order_line_id = receipts.purchase_order_line_id
    group by purchase_order_lines.purchase_order_line_id
),

-- a line is judged once its day has come: what is still open then is late, not missing
judged as (
    select
        purchase_order_lines.purchase_order_line_id,
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id,
        purchase_order_lines.ordered_units,
        coalesce(
            purchase_order_lines.due_date <= parameters.business_date
            and purchase_order_lines.ordered_units > 0,
            false
        ) as is_due,
        {{ amount('coalesce(received.received_units, 0)') }} as received_units,
        {{ amount('coalesce(received.accepted_units, 0)') }} as accepted_units,
        {{ amount('coalesce(received.on_time_units, 0)') }} as on_time_units
    from purchase_order_lines
    cross join parameters
    left join received
        on purchase_order_lines.purchase_order_line_id = received.purchase_order_line_id
    where not purchase_order_lines.is_cancelled
),

-- shares of a line in whole millionths: their sum is exact, whatever the order of rows
final as (
    select
        purchase_order_line_id,
        product_id,
        site_id,
        supplier_id,
        source_supplier_id,
        received_units,
        accepted_units,
        is_due,
        case when is_due then cast(
            round(1000000 * least(on_time_units, ordered_units) / ordered_units, 0) as bigint
        ) else 0 end as on_time_millionths,
        is_due and accepted_units >= ordered_units as is_in_full,
        is_due and on_time_units >= ordered_units as is_on_time_in_full
    from judged
)

select * from final

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
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.ordered_units,
        purchase_order_lines.due_date <= parameters.business_date
        and purchase_order_lines.ordered_units > 0 as is_due,
        coalesce(received.received_units, 0) as received_units,
        coalesce(received.accepted_units, 0) as accepted_units,
        coalesce(received.on_time_units, 0) as on_time_units
    from purchase_order_lines
    cross join parameters
    left join received
        on purchase_order_lines.purchase_order_line_id = received.purchase_order_line_id
    where not purchase_order_lines.is_cancelled
),

-- shares of a line in whole millionths: their sum is exact, whatever the order of rows
scored as (
    select
        product_id,
        site_id,
        received_units,
        accepted_units,
        case when is_due then 1 else 0 end as due_line,
        case when is_due then cast(
            round(1000000 * least(on_time_units, ordered_units) / ordered_units, 0) as bigint
        ) else 0 end as on_time_millionths,
        case when is_due and accepted_units >= ordered_units then 1 else 0 end as in_full_line,
        case when is_due and on_time_units >= ordered_units then 1 else 0 end as otif_line
    from judged
),

final as (
    select
        product_id,
        site_id,
        cast(sum(due_line) as bigint) as due_line_count,
        sum(on_time_millionths) / nullif(1000000.0 * sum(due_line), 0) as on_time_rate,
        cast(sum(in_full_line) as double) / nullif(sum(due_line), 0) as in_full_rate,
        cast(sum(otif_line) as double) / nullif(sum(due_line), 0) as otif_rate,
        cast(sum(accepted_units) as double) / cast(nullif(sum(received_units), 0) as double)
            as yield_rate
    from scored
    group by grouping sets ((product_id, site_id), (product_id))
)

select * from final

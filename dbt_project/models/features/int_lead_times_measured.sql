with receipts as (
    select * from {{ ref('stg_receipts') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- goods that inspection refused are not usable stock, so their receipt ends no lead time
observed as (
    select
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        {{ days_between('purchase_order_lines.order_date', 'receipts.receipt_date') }}
            as lead_time_days,
        case
            when purchase_order_lines.due_date is null then null
            when receipts.receipt_date <= purchase_order_lines.due_date then 1
            else 0
        end as is_on_time
    from receipts
    inner join purchase_order_lines
        on
            receipts._namespace = purchase_order_lines.namespace
            and receipts.purchase_order_id = purchase_order_lines.purchase_order_id
            and receipts.line_number = purchase_order_lines.line_number
    cross join parameters
    where
        receipts.receipt_date <= parameters.business_date
        and receipts.received_units > coalesce(receipts.rejected_units, 0)
),

final as (
    select
        product_id,
        site_id,
        count(*) as receipt_count,
        avg(lead_time_days) as lead_time_mean_days,
        {{ integer_deviation('lead_time_days') }} as lead_time_sd_days,
        avg(is_on_time) as on_time_rate
    from observed
    group by grouping sets ((product_id, site_id), (product_id))
)

select * from final

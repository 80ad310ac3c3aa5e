with purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

receipts as (
    select * from {{ ref('int_receipts_accepted') }}
),

locations as (
    select * from {{ ref('golden_location') }}
),

business_days as (
    select * from {{ source('facts', 'dim_business_day') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- goods that inspection refused are not usable stock, so their receipt ends no lead time
came as (
    select
        purchase_order_line_id,
        receipt_date as end_date,
        accepted_units as portion_units,
        true as is_received
    from receipts
    where accepted_units > 0
),

awaited as (
    select
        purchase_order_lines.purchase_order_line_id,
        parameters.business_date as end_date,
        purchase_order_lines.open_units as portion_units,
        false as is_received
    from purchase_order_lines
    cross join parameters
    where purchase_order_lines.open_units > 0
),

portions as (
    select * from came
    union all
    select * from awaited
),

-- a line delivered beyond what was ordered is still one line; an order that was written down after
-- its goods had come measures no lead time
measured as (
    select
        purchase_order_lines.purchase_order_line_id,
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id,
        purchase_order_lines.order_date,
        portions.end_date,
        portions.is_received,
        portions.portion_units
        / greatest(purchase_order_lines.ordered_units, purchase_order_lines.accepted_units)
            as share_rate,
        locations.business_calendar_id
    from purchase_order_lines
    inner join portions
        on purchase_order_lines.purchase_order_line_id = portions.purchase_order_line_id
    left join locations on purchase_order_lines.site_id = locations.site_id
    where
        not purchase_order_lines.is_cancelled
        and portions.end_date >= purchase_order_lines.order_date
),

final as (
    select
        measured.purchase_order_line_id,
        measured.product_id,
        measured.site_id,
        measured.supplier_id,
        measured.source_supplier_id,
        measured.order_date,
        measured.is_received,
        cast(measured.share_rate as double) as share_rate,
        cast({{ days_between('measured.order_date', 'measured.end_date') }} as bigint)
            as calendar_days,
        ended.business_day_count - ordered.business_day_count as business_days
    from measured
    left join business_days as ordered
        on
            measured.business_calendar_id = ordered.business_calendar_id
            and measured.order_date = ordered.calendar_date
    left join business_days as ended
        on
            measured.business_calendar_id = ended.business_calendar_id
            and measured.end_date = ended.calendar_date
)

select * from final

with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- demand is dated by what the customer asked for, not by what was shipped; a return goes back there
dated as (
    select
        order_lines.order_line_id,
        order_lines.product_id,
        order_lines.site_id,
        {{ week_start('order_lines.demand_date', 'parameters.week_starts_on') }} as week_start_date,
        order_lines.transaction_type = 'sale' as is_sale,
        coalesce(order_lines.demand_kind, 'regular') <> 'regular' as is_one_off,
        order_lines.quantity_units,
        parameters.business_date
    from order_lines
    cross join parameters
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
),

final as (
    select
        order_line_id,
        product_id,
        site_id,
        week_start_date,
        {{ month_start('week_start_date') }} as month_start_date,
        is_sale,
        is_one_off,
        quantity_units
    from dated
    where week_start_date + 6 <= business_date
)

select * from final

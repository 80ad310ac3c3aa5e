with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- demand is dated by what the customer asked for, not by what was shipped; a return goes back there
demanded as (
    select
        order_lines.product_id,
        order_lines.site_id,
        order_lines.transaction_type = 'sale' as is_sale,
        coalesce(order_lines.demand_kind, 'regular') <> 'regular' as is_one_off,
        order_lines.quantity_units,
        parameters.business_date,
        {{ week_start('order_lines.demand_date', 'parameters.week_starts_on') }} as week_start_date
    from order_lines
    cross join parameters
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
),

final as (
    select
        product_id,
        site_id,
        week_start_date,
        {{ amount('sum(case when is_sale then quantity_units else 0 end)') }} as demand_units,
        {{ amount('sum(case when is_sale then 0 else -quantity_units end)') }} as returned_units,
        {{ amount('sum(case when is_one_off then quantity_units else 0 end)') }} as one_off_units,
        cast(sum(case when is_sale then 1 else 0 end) as bigint) as order_line_count
    from demanded
    where week_start_date + 6 <= business_date
    group by product_id, site_id, week_start_date
)

select * from final

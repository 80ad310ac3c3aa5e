with order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

channels as (
    select * from {{ ref('int_customer_channel') }}
),

shipped as (
    select * from {{ ref('int_order_lines_shipped') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

placed as (
    select
        order_lines.*,
        channels.sales_channel_id,
        shipped.shipped_units as all_shipped_units,
        {{ week_start('order_lines.demand_date', 'parameters.week_starts_on') }}
            as demand_week_date,
        parameters.business_date
    from order_lines
    cross join parameters
    left join channels on order_lines.customer_id = channels.customer_id
    left join shipped on order_lines.order_line_id = shipped.order_line_id
),

final as (
    select
        product_id,
        site_id,
        customer_id,
        sales_channel_id,
        order_date,
        order_date > {{ months_before('business_date', 12) }} as is_recent,
        is_sale,
        case when demand_week_date + 6 <= business_date then demand_week_date end
            as week_start_date,
        line_count,
        quantity_units,
        {{ share_of('all_shipped_units') }} as shipped_units,
        revenue_amount,
        cost_amount,
        case cost_grade
            when 'missing' then 5
            when 'estimated' then 4
            when 'allocated' then 3
            when 'standard' then 2
            else 1
        end as cost_rank
    from placed
)

select * from final

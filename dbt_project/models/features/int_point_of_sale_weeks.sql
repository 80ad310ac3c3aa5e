with pos_sales as (
    select * from {{ ref('fct_pos_sales_weekly') }}
),

order_lines as (
    select * from {{ ref('fct_order_line') }}
),

customers as (
    select * from {{ ref('golden_customer') }}
),

channels as (
    select * from {{ source('night', 'pos_channels') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

reported as (
    select
        channel_id,
        min(week_start_date) as first_week_date,
        max(week_start_date) as last_week_date
    from pos_sales
    group by channel_id
),

reported_products as (
    select distinct
        channel_id,
        product_id
    from pos_sales
),

channel_lines as (
    select
        channels.channel_id,
        order_lines.product_id,
        order_lines.quantity_units,
        {{ week_start('order_lines.demand_date', 'parameters.week_starts_on') }} as week_start_date
    from channels
    cross join parameters
    inner join customers on channels.customer_group = customers.customer_group
    inner join order_lines on customers.customer_id = order_lines.customer_id
    where
        order_lines.transaction_type = 'sale'
        and not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
),

ordered as (
    select
        bought.channel_id,
        bought.product_id,
        bought.week_start_date,
        sum(bought.quantity_units) as ordered_units
    from channel_lines as bought
    inner join reported
        on
            bought.channel_id = reported.channel_id
            and bought.week_start_date between reported.first_week_date and reported.last_week_date
    inner join reported_products
        on
            bought.channel_id = reported_products.channel_id
            and bought.product_id = reported_products.product_id
    group by bought.channel_id, bought.product_id, bought.week_start_date
),

final as (
    select
        coalesce(pos_sales.channel_id, ordered.channel_id) as channel_id,
        coalesce(pos_sales.product_id, ordered.product_id) as product_id,
        coalesce(pos_sales.week_start_date, ordered.week_start_date) as week_start_date,
        {{ amount('coalesce(ordered.ordered_units, 0)') }} as ordered_units,
        {{ amount('coalesce(pos_sales.sold_units, 0)') }} as sold_units
    from pos_sales
    full outer join ordered
        on
            pos_sales.channel_id = ordered.channel_id
            and pos_sales.product_id = ordered.product_id
            and pos_sales.week_start_date = ordered.week_start_date
)

select * from final

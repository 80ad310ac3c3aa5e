-- Question: Which of our best-selling items depend on one customer?
-- Shows: Items with most 12-month revenue whose largest customer brings half of it or more: their
--   class is one phone call away from another.
with window_lines as (
    select lines.product_id, lines.site_id, lines.customer_id, lines.revenue_amount
    from fct_order_line as lines
    cross join publish_manifest as manifest
    where
        not lines.is_cancelled
        and lines.order_date > manifest.as_of_date - interval 12 month
        and lines.order_date <= manifest.as_of_date
),

by_customer as (
    select product_id, site_id, customer_id, sum(revenue_amount) as customer_revenue_amount
    from window_lines
    group by product_id, site_id, customer_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by product_id, site_id
            order by customer_revenue_amount desc nulls last, customer_id
        ) as customer_rank,
        sum(customer_revenue_amount) over (
            partition by product_id, site_id
        ) as revenue_12m_amount,
        count(*) over (partition by product_id, site_id) as customer_count
    from by_customer
),

largest as (
    select * from ranked
    where customer_rank = 1
)

select
    product.product_code,
    product.product_name,
    location.site_code,
    customer.customer_name,
    largest.customer_count,
    largest.revenue_12m_amount,
    round(
        cast(customer_revenue_amount as double) / nullif(cast(revenue_12m_amount as double), 0), 3
    ) as largest_customer_rate
from largest
inner join golden_product as product on product.product_id = largest.product_id
inner join golden_location as location on location.site_id = largest.site_id
inner join golden_customer as customer on customer.customer_id = largest.customer_id
where largest.customer_revenue_amount >= 0.5 * largest.revenue_12m_amount
order by largest.revenue_12m_amount desc nulls last, product.product_code, location.site_code
limit 50

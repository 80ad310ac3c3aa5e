-- Size of the orders of the last twelve months: what was ordered in them, returns apart. An order
-- whose value customers share by a declared part of their past counts for one of them; how sizes
-- vary shows in the parts, too.
with order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

orders as (
    select
        order_lines.customer_id,
        order_lines.namespace,
        order_lines.order_id,
        max(order_lines.line_count) as order_count,
        {{ amount('sum(order_lines.revenue_amount)') }} as order_amount
    from order_lines
    cross join parameters
    where
        order_lines.is_sale
        and order_lines.order_date > {{ months_before('parameters.business_date', 12) }}
    group by order_lines.customer_id, order_lines.namespace, order_lines.order_id
),

summed as (
    select
        customer_id,
        count(*) as part_count,
        cast(sum(order_count) as bigint) as order_count,
        {{ amount('sum(order_amount)') }} as total_amount,
        cast(sum({{ factor('order_amount') }} * order_amount) as decimal(28, 8)) as square_amount
    from orders
    group by customer_id
),

-- sums are exact: orders of one size have no deviation
spread as (
    select
        *,
        case
            when part_count > 1
                then sqrt(
                    greatest(
                        cast(
                            square_amount * cast(part_count as decimal(10, 0))
                            - {{ factor('total_amount') }} * total_amount as double
                        ),
                        0
                    ) / (cast(part_count as double) * (part_count - 1))
                )
        end as deviation_amount
    from summed
),

final as (
    select
        customer_id,
        order_count,
        cast(total_amount as double) / nullif(order_count, 0) as mean_amount,
        deviation_amount / nullif(cast(total_amount as double) / part_count, 0) as cv_ratio
    from spread
)

select * from final

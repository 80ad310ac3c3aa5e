with order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- an order's number is its own within its system only
by_system as (
    select
        customer_id,
        order_date,
        namespace,
        count(*) as line_count,
        count(cost_amount) as costed_line_count,
        count(distinct case when is_sale and line_count = 1 then order_id end) as order_count,
        sum(revenue_amount) as revenue_amount,
        sum(revenue_amount - cost_amount) as margin_amount,
        sum(case when is_sale then 0 else -revenue_amount end) as returned_amount
    from order_lines
    group by customer_id, order_date, namespace
),

final as (
    select
        by_system.customer_id,
        cast(
            {{ days_between('by_system.order_date', 'parameters.business_date') }} as integer
        ) as age_days,
        cast(sum(by_system.order_count) as bigint) as order_count,
        {{ amount('sum(by_system.revenue_amount)') }} as revenue_amount,
        case
            when sum(by_system.costed_line_count) = sum(by_system.line_count)
                then {{ amount('sum(by_system.margin_amount)') }}
        end as margin_amount,
        {{ amount('sum(by_system.returned_amount)') }} as returned_amount
    from by_system
    cross join parameters
    group by by_system.customer_id, by_system.order_date, parameters.business_date
)

select * from final

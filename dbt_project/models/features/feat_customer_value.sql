with customers as (
    select * from {{ ref('golden_customer') }}
),

order_lines as (
    select * from {{ ref('int_customer_order_lines') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

recent as (
    {{ recent_order_lines() }}
),

traded as (
    select
        customer_id,
        sum(revenue_amount) as revenue_amount,
        sum(margin_amount) as margin_amount,
        sum(case when is_sale then line_count else 0 end) as order_line_count,
        count(distinct case when is_sale then product_id end) as product_count,
        max(case when cost_grade = 'missing' then 1 else 0 end) as lacks_cost
    from recent
    group by customer_id
),

final as (
    select
        customers.customer_id,
        {{ amount('coalesce(traded.revenue_amount, 0)') }} as revenue_12m_amount,
        case
            when traded.lacks_cost = 1 then null
            else {{ amount('coalesce(traded.margin_amount, 0)') }}
        end as margin_12m_amount,
        cast(coalesce(traded.order_line_count, 0) as bigint) as order_line_count_12m,
        cast(coalesce(traded.product_count, 0) as bigint) as product_count_12m
    from customers
    left join traded on customers.customer_id = traded.customer_id
)

select * from final

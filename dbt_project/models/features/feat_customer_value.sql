with customers as (
    select * from {{ ref('golden_customer') }}
),

order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

orders as (
    select * from {{ ref('int_customer_orders') }}
),

conduct as (
    select * from {{ ref('int_customer_conduct') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

recent as (
    select order_lines.*
    from order_lines
    cross join parameters
    where order_lines.order_date > {{ months_before('parameters.business_date', 12) }}
),

summed as (
    select
        customer_id,
        {{ margin_quality_sums() }},
        sum(case when is_sale then revenue_amount else 0 end) as sold_amount,
        sum(case when is_sale then 0 else -revenue_amount end) as returned_amount,
        sum(case when is_sale then line_count else 0 end) as order_line_count,
        count(distinct case when is_sale then product_id end) as product_count
    from recent
    group by customer_id
),

traded as (
    {{ graded_margins('summed') }}
),

final as (
    select
        customers.customer_id,
        parameters.business_date - conduct.first_order_age_days as first_order_date,
        parameters.business_date - conduct.last_order_age_days as last_order_date,
        cast(conduct.last_order_age_days as double) as recency_days,
        case
            when conduct.first_order_age_days is null then 'none'
            when conduct.first_order_age_days >= 728 and orders.order_count >= 10 then 'A'
            when conduct.first_order_age_days >= 364 and orders.order_count >= 10 then 'B'
            when conduct.first_order_age_days >= 182 and orders.order_count >= 2 then 'C'
            else 'D'
        end as order_history_grade,
        cast(coalesce(orders.order_count, 0) as bigint) as order_count_12m,
        case
            when conduct.first_order_age_days is not null
                then {{ published_float(
                    'coalesce(orders.order_count, 0)'
                    ~ ' / greatest(least(conduct.first_order_age_days / 30.436875, 12), 1)'
                ) }}
        end as orders_per_month_ratio,
        cast(coalesce(traded.order_line_count, 0) as bigint) as order_line_count_12m,
        cast(coalesce(traded.product_count, 0) as bigint) as product_count_12m,
        {{ amount('coalesce(traded.revenue_amount, 0)') }} as revenue_12m_amount,
        {{ amount('coalesce(traded.sold_amount, 0)') }} as sold_12m_amount,
        {{ amount('coalesce(traded.returned_amount, 0)') }} as returned_12m_amount,
        {{ published_float(
            'cast(traded.returned_amount as double)'
            ~ ' / nullif(greatest(cast(traded.sold_amount as double), 0), 0)'
        ) }} as return_ratio_12m,
        case
            when traded.customer_id is null then 0
            when traded.worst_grade < 4 then traded.graded_margin_amount
        end as margin_12m_amount,
        case when traded.customer_id is null then 0 else traded.graded_margin_amount end
            as graded_margin_12m_amount,
        case when traded.customer_id is null then 0 else traded.margin_lower_amount end
            as margin_lower_12m_amount,
        case when traded.customer_id is null then 0 else traded.margin_upper_amount end
            as margin_upper_12m_amount,
        {{ published_float('traded.graded_margin_amount / traded.positive_revenue_amount') }}
            as graded_margin_rate_12m,
        traded.margin_provenance,
        traded.estimated_margin_rate,
        {{ amount('orders.mean_amount') }} as order_size_mean_amount,
        {{ published_float(
            'orders.cv_ratio * (1 + 1.0 / (4 * nullif(orders.order_count, 0)))'
        ) }} as order_size_cv_ratio,
        case
            when conduct.first_order_age_days >= 545 and conduct.before_mean > 0
                then {{ published_float('conduct.recent_mean / conduct.before_mean') }}
        end as revenue_growth_ratio,
        case
            when conduct.first_order_age_days >= 545 and conduct.before_mean > 0
                then {{ published_float('conduct.growth_z') }}
        end as revenue_growth_z_ratio,
        coalesce({{ published_float('conduct.decayed_orders') }}, 0) as decayed_order_count,
        {{ amount('coalesce(conduct.decayed_revenue, 0)') }} as decayed_revenue_amount,
        case
            when conduct.customer_id is null then 0 else {{ amount('conduct.decayed_margin') }}
        end as decayed_margin_amount,
        {{ amount('coalesce(conduct.decayed_returned, 0)') }} as decayed_returned_amount
    from customers
    cross join parameters
    left join traded on customers.customer_id = traded.customer_id
    left join conduct on customers.customer_id = conduct.customer_id
    left join orders on customers.customer_id = orders.customer_id
)

select * from final

-- What a customer has done in all of its history, recent conduct counting more, and how its newest
-- half year compares with the same weeks a year before.
with days as (
    select * from {{ ref('int_customer_days') }}
),

settings as (
    select * from {{ source('night', 'value_settings') }}
),

decayed as (
    select
        days.customer_id,
        max(case when days.order_count > 0 then days.age_days end) as first_order_age_days,
        min(case when days.order_count > 0 then days.age_days end) as last_order_age_days,
        {{ decayed_sum('days.order_count', 'days.age_days', 'settings.orders_half_life_days') }}
            as decayed_orders,
        {{ decayed_sum('days.revenue_amount', 'days.age_days', 'settings.revenue_half_life_days') }}
            as decayed_revenue,
        case
            when count(days.margin_amount) = count(*)
                then {{ decayed_sum(
                    'days.margin_amount', 'days.age_days', 'settings.margin_half_life_days',
                ) }}
        end as decayed_margin,
        {{ decayed_sum(
            'days.returned_amount', 'days.age_days', 'settings.returns_half_life_days',
        ) }} as decayed_returned
    from days
    cross join settings
    group by days.customer_id
),

-- 26 weeks up to the business date, and the 26 that end 52 weeks before it
weeks as (
    select
        customer_id,
        age_days < 182 as is_recent,
        cast(floor(age_days / 7) as integer) as week_number,
        {{ amount('sum(revenue_amount)') }} as revenue_amount
    from days
    where age_days < 182 or age_days between 364 and 545
    group by customer_id, age_days < 182, cast(floor(age_days / 7) as integer)
),

halves as (
    select
        customer_id,
        coalesce(sum(case when is_recent then revenue_amount end), 0) as recent_amount,
        coalesce(sum(case when is_recent then 0 else revenue_amount end), 0) as before_amount,
        sum(case when is_recent then {{ factor('revenue_amount') }} * revenue_amount else 0 end)
            as recent_square,
        sum(case when is_recent then 0 else {{ factor('revenue_amount') }} * revenue_amount end)
            as before_square
    from weeks
    group by customer_id
),

-- weeks without revenue count: means and sample variances are over 26
spread as (
    select
        customer_id,
        cast(recent_amount as double) / 26 as recent_mean,
        cast(before_amount as double) / 26 as before_mean,
        sqrt(
            (
                greatest(
                    cast(recent_square as double)
                    - cast(recent_amount as double) * cast(recent_amount as double) / 26,
                    0
                )
                + greatest(
                    cast(before_square as double)
                    - cast(before_amount as double) * cast(before_amount as double) / 26,
                    0
                )
            ) / 25 / 26
        ) as standard_error
    from halves
),

final as (
    select
        decayed.*,
        coalesce(spread.recent_mean, 0) as recent_mean,
        coalesce(spread.before_mean, 0) as before_mean,
        case
            when coalesce(spread.recent_mean, 0) = coalesce(spread.before_mean, 0) then 0
            else greatest(
                least(
                    coalesce(
                        (spread.recent_mean - spread.before_mean)
                        / nullif(spread.standard_error, 0),
                        sign(spread.recent_mean - spread.before_mean) * 999
                    ),
                    999
                ),
                -999
            )
        end as growth_z
    from decayed
    left join spread on decayed.customer_id = spread.customer_id
)

select * from final

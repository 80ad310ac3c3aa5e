with made as (
    select * from {{ ref('int_demand_cleansed_made') }}
),

before as (
    select * from {{ source('prior', 'demand_cleansed') }}
),

months as (
    select * from {{ ref('demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

unchanged as (
    select months.month_start_date
    from months
    inner join parameters on months.made_date < parameters.business_date
),

carried as (
    select before.*
    from before
    inner join unchanged
        on {{ month_start('before.week_start_date') }} = unchanged.month_start_date
),

final as (
    select
        product_id,
        site_id,
        week_start_date,
        raw_units,
        baseline_units,
        promotion_units,
        one_off_units,
        lost_units,
        demanded_units,
        returned_units,
        is_promotion_week,
        promotion_phase,
        promotion_id,
        promotion_factor_ratio,
        promotion_estimator,
        stockout_rate,
        lost_estimator
    from made
    union all
    select
        product_id,
        site_id,
        week_start_date,
        raw_units,
        baseline_units,
        promotion_units,
        one_off_units,
        lost_units,
        demanded_units,
        returned_units,
        is_promotion_week,
        promotion_phase,
        promotion_id,
        promotion_factor_ratio,
        promotion_estimator,
        stockout_rate,
        lost_estimator
    from carried
)

select * from final

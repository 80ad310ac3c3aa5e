with weekly as (
    select * from {{ ref('fct_demand_weekly') }}
),

adjusted_weeks as (
    select * from {{ source('features', 'int_demand_adjustments') }}
),

months as (
    select * from {{ ref('demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

changed as (
    select months.month_start_date
    from months
    inner join parameters on months.made_date = parameters.business_date
),

demand as (
    select weekly.*
    from weekly
    inner join changed
        on {{ month_start('weekly.week_start_date') }} = changed.month_start_date
),

adjustments as (
    select adjusted_weeks.*
    from adjusted_weeks
    inner join changed
        on {{ month_start('adjusted_weeks.week_start_date') }} = changed.month_start_date
),

-- most weeks are what they are: only those that are adjusted are joined to their adjustment
adjusted as (
    select
        adjustments.product_id,
        adjustments.site_id,
        adjustments.week_start_date,
        coalesce(demand.demand_units, 0) as demanded_units,
        coalesce(demand.returned_units, 0) as returned_units,
        coalesce(demand.one_off_units, 0) as one_off_units,
        adjustments.promotion_units,
        adjustments.lost_units,
        adjustments.promotion_phase,
        adjustments.promotion_id,
        adjustments.promotion_factor_ratio,
        adjustments.promotion_estimator,
        adjustments.stockout_rate,
        adjustments.lost_estimator
    from adjustments
    left join demand
        on
            adjustments.product_id = demand.product_id
            and adjustments.site_id = demand.site_id
            and adjustments.week_start_date = demand.week_start_date
),

left_alone as (
    select
        demand.product_id,
        demand.site_id,
        demand.week_start_date,
        demand.demand_units as demanded_units,
        demand.returned_units,
        demand.one_off_units,
        {{ amount('0') }} as promotion_units,
        {{ amount('0') }} as lost_units,
        cast(null as string) as promotion_phase,
        cast(null as string) as promotion_id,
        cast(1 as double) as promotion_factor_ratio,
        'none' as promotion_estimator,
        cast(0 as double) as stockout_rate,
        'none' as lost_estimator
    from demand
    left join adjustments
        on
            demand.product_id = adjustments.product_id
            and demand.site_id = adjustments.site_id
            and demand.week_start_date = adjustments.week_start_date
    where adjustments.product_id is null
),

weeks as (
    select * from adjusted
    union all
    select * from left_alone
),

final as (
    select
        product_id,
        site_id,
        week_start_date,
        {{ amount('demanded_units - returned_units') }} as raw_units,
        {{ amount(
            'demanded_units - returned_units - promotion_units - one_off_units + lost_units'
        ) }} as baseline_units,
        promotion_units,
        one_off_units,
        lost_units,
        demanded_units,
        returned_units,
        coalesce(promotion_phase = 'during', false) as is_promotion_week,
        promotion_phase,
        promotion_id,
        promotion_factor_ratio,
        promotion_estimator,
        stockout_rate,
        lost_estimator
    from weeks
)

select * from final

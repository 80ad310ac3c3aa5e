with weekly_months as (
    select * from {{ ref('fct_demand_month') }}
),

adjustments as (
    select * from {{ source('features', 'int_demand_adjustments') }}
),

before as (
    select * from {{ source('prior', 'demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

adjusted_months as (
    select
        {{ month_start('week_start_date') }} as month_start_date,
        count(*) as week_count,
        {{ fingerprint([
            'product_id', 'site_id', 'week_start_date', 'promotion_units', 'lost_units',
            'promotion_phase', 'promotion_id', 'promotion_factor_ratio', 'promotion_estimator',
            'stockout_rate', 'lost_estimator',
        ]) }} as week_fingerprint
    from adjustments
    group by {{ month_start('week_start_date') }}
),

told as (
    select
        coalesce(weekly_months.month_start_date, adjusted_months.month_start_date)
            as month_start_date,
        cast(coalesce(adjusted_months.week_count, 0) as bigint) as adjusted_week_count,
        md5(concat_ws(
            ' ', parameters.code_sha256, coalesce(weekly_months.fingerprint, ''),
            cast(coalesce(adjusted_months.week_count, 0) as string),
            cast(adjusted_months.week_fingerprint as string)
        )) as fingerprint,
        parameters.business_date
    from weekly_months
    full join adjusted_months
        on weekly_months.month_start_date = adjusted_months.month_start_date
    cross join parameters
),

{{ made_months('told', 'before', ['adjusted_week_count']) }}

select * from final

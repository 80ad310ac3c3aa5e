with weekly_months as (
    select * from {{ ref('fct_demand_month') }}
),

adjustments as (
    select * from {{ source('features', 'int_demand_adjustments') }}
),

basis as (
    select * from {{ ref('int_cleansing_basis') }}
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

cleansed_months as (
    select
        coalesce(weekly_months.month_start_date, adjusted_months.month_start_date)
            as month_start_date,
        cast(coalesce(adjusted_months.week_count, 0) as bigint) as adjusted_week_count,
        md5(concat_ws(
            ' ', parameters.code_sha256, coalesce(weekly_months.fingerprint, ''),
            cast(coalesce(adjusted_months.week_count, 0) as string),
            cast(adjusted_months.week_fingerprint as string)
        )) as fingerprint
    from weekly_months
    full join adjusted_months
        on weekly_months.month_start_date = adjusted_months.month_start_date
    cross join parameters
),

-- where nothing is otherwise, no adjustments are computed, and the months are those before
months as (
    select cleansed_months.*
    from cleansed_months
    inner join basis on not basis.is_as_before
    union all
    select
        before.month_start_date,
        before.adjusted_week_count,
        before.fingerprint
    from before
    inner join basis on basis.is_as_before
),

told as (
    select
        months.*,
        basis.basis_fingerprint,
        parameters.business_date
    from months
    cross join basis
    cross join parameters
),

{{ made_months('told', 'before', ['adjusted_week_count', 'basis_fingerprint']) }}

select * from final

with days as (
    select * from {{ ref('int_history_days') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

dated as (
    select
        *,
        cast(date_trunc('month', history_date) as date) as month_start_date
    from days
),

final as (
    select
        dated.system,
        dated.extract,
        dated.history,
        dated.month_start_date,
        min(parameters.business_date) as business_date,
        cast(sum(dated.line_count) as bigint) as line_count,
        cast(sum(dated.distinct_count) as bigint) as distinct_line_count,
        {{ amount('sum(dated.control_sum_units)') }} as control_sum_units,
        {{ amount('sum(dated.control_sum_amount)') }} as control_sum_amount
    from dated
    cross join parameters
    group by dated.system, dated.extract, dated.history, dated.month_start_date
)

select * from final

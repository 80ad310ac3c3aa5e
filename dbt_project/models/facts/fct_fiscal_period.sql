with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

days as (
    select * from {{ source('facts', 'dim_fiscal_calendar') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- one row per day first: a day is small, and both years are read from it
posted as (
    select
        business_unit,
        fiscal_calendar_id,
        order_date,
        sum(quantity_units) as quantity_units,
        sum(revenue_amount) as revenue_amount,
        count(*) as order_line_count
    from order_lines
    where not is_cancelled
    group by business_unit, fiscal_calendar_id, order_date
),

units as (
    select
        business_unit,
        fiscal_calendar_id,
        min(order_date) as first_date
    from posted
    group by business_unit, fiscal_calendar_id
),

elapsed as (
    select
        units.business_unit,
        days.*
    from units
    inner join days on units.fiscal_calendar_id = days.fiscal_calendar_id
    cross join parameters
    where
        days.period_end_date >= units.first_date
        and days.calendar_date <= parameters.business_date
),

final as (
    select
        elapsed.business_unit,
        elapsed.fiscal_year,
        elapsed.fiscal_period,
        elapsed.fiscal_calendar_id,
        elapsed.fiscal_quarter,
        elapsed.period_start_date,
        elapsed.period_end_date,
        cast(sum(case when elapsed.is_business_day then 1 else 0 end) as bigint)
            as business_day_count,
        cast(coalesce(sum(posted.order_line_count), 0) as bigint) as order_line_count,
        {{ amount('coalesce(sum(posted.quantity_units), 0)') }} as quantity_units,
        {{ amount('coalesce(sum(posted.revenue_amount), 0)') }} as revenue_amount,
        {{ amount('sum(compared.revenue_amount)') }} as comparable_revenue_amount,
        {{ amount('sum(reported.revenue_amount)') }} as prior_year_revenue_amount
    from elapsed
    left join posted
        on
            elapsed.business_unit = posted.business_unit
            and elapsed.calendar_date = posted.order_date
    left join posted as compared
        on
            elapsed.business_unit = compared.business_unit
            and elapsed.comparable_date = compared.order_date
    left join posted as reported
        on
            elapsed.business_unit = reported.business_unit
            and elapsed.prior_year_date = reported.order_date
    group by
        elapsed.business_unit,
        elapsed.fiscal_year,
        elapsed.fiscal_period,
        elapsed.fiscal_calendar_id,
        elapsed.fiscal_quarter,
        elapsed.period_start_date,
        elapsed.period_end_date
)

select * from final

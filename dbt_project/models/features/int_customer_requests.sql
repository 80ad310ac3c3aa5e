-- How long customers gave until the day they asked for, line by line of the last twelve months, in
-- calendar days and in business days of the site that ships. One-offs are planned otherwise and say
-- nothing of what a customer usually waits; who asks for a day gone by wants it at once.
with order_lines as (
    select * from {{ ref('int_customer_order_lines') }}
),

locations as (
    select * from {{ ref('golden_location') }}
),

business_days as (
    select * from {{ source('facts', 'dim_business_day') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

recent as (
    {{ recent_order_lines() }}
),

asked as (
    select
        recent.order_line_id,
        recent.customer_id,
        recent.site_id,
        recent.order_date,
        greatest(recent.requested_date, recent.order_date) as wanted_date,
        locations.business_calendar_id
    from recent
    left join locations on recent.site_id = locations.site_id
    where
        recent.is_sale
        and recent.line_count = 1
        and recent.demand_kind = 'regular'
        and recent.requested_date is not null
),

final as (
    select
        asked.order_line_id,
        asked.customer_id,
        asked.site_id,
        cast({{ days_between('asked.order_date', 'asked.wanted_date') }} as bigint)
            as calendar_days,
        cast(wanted.business_day_count - ordered.business_day_count as bigint) as business_days
    from asked
    left join business_days as ordered
        on
            asked.business_calendar_id = ordered.business_calendar_id
            and asked.order_date = ordered.calendar_date
    left join business_days as wanted
        on
            asked.business_calendar_id = wanted.business_calendar_id
            and asked.wanted_date = wanted.calendar_date
)

select * from final

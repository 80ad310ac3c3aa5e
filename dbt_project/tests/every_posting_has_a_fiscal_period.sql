{#- A day of postings that the fiscal calendar of its business unit does not hold: its written
    periods end too early, or no unit takes the site. What has no period is in no total by period,
    so the night is held. That no day has two periods is the key of dim_fiscal_calendar. -#}
{{ config(meta={'dagster': {'ref': {'name': 'fct_order_line'}}}) }}

with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

days as (
    select * from {{ source('facts', 'dim_fiscal_calendar') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- an order that a steward has confirmed as dated ahead is no posting yet
posted as (
    select
        order_lines.business_unit,
        order_lines.fiscal_calendar_id,
        order_lines.order_date,
        count(*) as order_line_count
    from order_lines
    cross join parameters
    where order_lines.order_date <= parameters.business_date
    group by order_lines.business_unit, order_lines.fiscal_calendar_id, order_lines.order_date
),

final as (
    select posted.*
    from posted
    left join days
        on
            posted.fiscal_calendar_id = days.fiscal_calendar_id
            and posted.order_date = days.calendar_date
    where days.calendar_date is null
)

select * from final

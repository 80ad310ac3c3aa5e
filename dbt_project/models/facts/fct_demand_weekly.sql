with made as (
    select * from {{ ref('int_demand_weekly_made') }}
),

before as (
    select * from {{ source('prior', 'fct_demand_weekly') }}
),

months as (
    select * from {{ ref('fct_demand_month') }}
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
        demand_units,
        returned_units,
        one_off_units,
        order_line_count
    from made
    union all
    select
        product_id,
        site_id,
        week_start_date,
        demand_units,
        returned_units,
        one_off_units,
        order_line_count
    from carried
)

select * from final

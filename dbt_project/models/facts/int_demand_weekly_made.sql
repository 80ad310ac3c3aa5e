with demanded_lines as (
    select * from {{ ref('int_demanded_lines') }}
),

months as (
    select * from {{ ref('fct_demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

changed as (
    select months.month_start_date
    from months
    inner join parameters on months.made_date = parameters.business_date
),

to_make as (
    select demanded_lines.*
    from demanded_lines
    inner join changed on demanded_lines.month_start_date = changed.month_start_date
),

final as (
    select
        product_id,
        site_id,
        week_start_date,
        {{ amount('sum(case when is_sale then quantity_units else 0 end)') }} as demand_units,
        {{ amount('sum(case when is_sale then 0 else -quantity_units end)') }} as returned_units,
        {{ amount('sum(case when is_one_off then quantity_units else 0 end)') }} as one_off_units,
        cast(sum(case when is_sale then 1 else 0 end) as bigint) as order_line_count
    from to_make
    group by product_id, site_id, week_start_date
)

select * from final

{#- A week of demand that is not in demand_cleansed, or with other units there: what is cleansed
    must be what was ordered. -#}
{{ config(meta={'dagster': {'ref': {'name': 'demand_cleansed'}}}) }}

with demand as (
    select * from {{ ref('fct_demand_weekly') }}
),

cleansed as (
    select * from {{ ref('demand_cleansed') }}
),

final as (
    select
        demand.product_id,
        demand.site_id,
        demand.week_start_date
    from demand
    left join cleansed
        on
            demand.product_id = cleansed.product_id
            and demand.site_id = cleansed.site_id
            and demand.week_start_date = cleansed.week_start_date
    where
        cleansed.product_id is null
        or demand.demand_units - demand.returned_units <> cleansed.raw_units
)

select * from final

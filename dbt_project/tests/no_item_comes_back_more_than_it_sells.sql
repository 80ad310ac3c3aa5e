{#- An item of which more came back in the 12 months than was sold. Its value is negative, and its
    classes are defined; a warning, since it is rare enough to be looked at. -#}
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'feat_item_value'}}}) }}

with item_values as (
    select * from {{ ref('feat_item_value') }}
),

final as (
    select
        product_id,
        site_id,
        sold_units_12m,
        returned_units_12m
    from item_values
    where returned_units_12m > sold_units_12m
)

select * from final

{#- A product record that is counted in another unit than its golden product, with quantities that
    no factor leads into the product's unit: cases and pieces would be added up. -#}
{{ config(meta={'dagster': {'ref': {'name': 'int_product_units'}}}) }}

with product_units as (
    select * from {{ ref('int_product_units') }}
),

quantities as (
    select
        _namespace,
        product_id,
        unit_code
    from {{ ref('stg_order_lines') }}
    union
    select
        _namespace,
        product_id,
        unit_code
    from {{ ref('stg_purchase_order_lines') }}
    union
    select
        _namespace,
        product_id,
        unit_code
    from {{ ref('stg_inventory_snapshots') }}
),

final as (
    select
        product_units.namespace,
        product_units.source_key,
        product_units.unit_code
    from product_units
    inner join quantities
        on
            product_units.namespace = quantities._namespace
            and product_units.source_key = quantities.product_id
            and product_units.unit_code = coalesce(quantities.unit_code, {{ unstated_unit() }})
    where product_units.numerator is null
)

select * from final

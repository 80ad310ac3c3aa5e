with bill_of_materials as (
    select * from {{ ref('stg_bill_of_materials') }}
),

products as (
    {{ open_crosswalk('product') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- two systems may say the same: a component is stocked unless both call it a phantom
final as (
    select
        parents.golden_id as product_id,
        components.golden_id as component_product_id,
        min(case when bill_of_materials.is_phantom then 1 else 0 end) = 1 as is_phantom
    from bill_of_materials
    cross join parameters
    left join products as parents
        on
            bill_of_materials._namespace = parents.namespace
            and bill_of_materials.parent_product_id = parents.source_key
    left join products as components
        on
            bill_of_materials._namespace = components.namespace
            and bill_of_materials.component_product_id = components.source_key
    where
        {{ in_force('parameters.business_date', 'bill_of_materials') }}
        and parents.golden_id <> components.golden_id
    group by parents.golden_id, components.golden_id
)

select * from final

with matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'product'
),

attributes as (
    select * from {{ ref('golden_attribute') }}
    where object_type = 'product'
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

records as (
    {{ leading_records('matched') }}
),

survived as (
    select
        golden_id,
        {{ survived('product_name') }} as product_name,
        {{ survived('gtin') }} as gtin,
        {{ survived('manufacturer_part_number') }} as manufacturer_part_number,
        {{ survived('manufacturer_name') }} as manufacturer_name,
        {{ survived('hierarchy_node_id') }} as hierarchy_node_id,
        {{ survived('product_line') }} as product_line,
        {{ survived('base_unit_code') }} as base_unit_code,
        {{ survived('standard_cost_amount', 'decimal(18, 4)') }} as standard_cost_amount,
        {{ survived('list_price_amount', 'decimal(18, 4)') }} as list_price_amount,
        {{ survived('launch_date', 'date') }} as launch_date,
        {{ survived('discontinued_date', 'date') }} as discontinued_date
    from attributes
    group by golden_id
),

final as (
    select
        records.golden_id as product_id,
        records.leading_source_key as product_code,
        survived.product_name,
        survived.gtin,
        survived.manufacturer_part_number,
        survived.manufacturer_name,
        survived.hierarchy_node_id,
        survived.product_line,
        survived.base_unit_code,
        survived.standard_cost_amount,
        survived.list_price_amount,
        survived.launch_date,
        survived.discontinued_date,
        coalesce(survived.launch_date <= parameters.business_date, true)
        and coalesce(survived.discontinued_date > parameters.business_date, true) as is_active,
        records.leading_namespace,
        records.leading_source_key,
        records.source_count
    from records
    cross join parameters
    left join survived on records.golden_id = survived.golden_id
)

select * from final

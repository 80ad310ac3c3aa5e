with matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'supplier'
),

attributes as (
    select * from {{ ref('golden_attribute') }}
    where object_type = 'supplier'
),

records as (
    {{ leading_records('matched') }}
),

survived as (
    select
        golden_id,
        {{ survived('supplier_name') }} as supplier_name,
        {{ survived('country_code') }} as country_code,
        {{ survived('tax_number') }} as tax_number,
        {{ survived('duns_number') }} as duns_number,
        {{ survived('currency_code') }} as currency_code,
        {{ survived('is_active', 'boolean') }} as is_active
    from attributes
    group by golden_id
),

final as (
    select
        records.golden_id as supplier_id,
        records.leading_source_key as supplier_code,
        survived.supplier_name,
        survived.country_code,
        survived.tax_number,
        survived.duns_number,
        survived.currency_code,
        coalesce(survived.is_active, true) as is_active,
        records.leading_namespace,
        records.source_count
    from records
    left join survived on records.golden_id = survived.golden_id
)

select * from final

with matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'customer'
),

attributes as (
    select * from {{ ref('golden_attribute') }}
    where object_type = 'customer'
),

records as (
    {{ leading_records('matched') }}
),

survived as (
    select
        golden_id,
        {{ survived('customer_name') }} as customer_name,
        {{ survived('customer_group') }} as customer_group,
        {{ survived('sales_region') }} as sales_region,
        {{ survived('country_code') }} as country_code,
        {{ survived('city') }} as city,
        {{ survived('postal_code') }} as postal_code,
        {{ survived('currency_code') }} as currency_code,
        {{ survived('tax_number') }} as tax_number,
        {{ survived('duns_number') }} as duns_number,
        {{ survived('gln') }} as gln,
        {{ survived('created_date', 'date') }} as created_date,
        {{ survived('is_active', 'boolean') }} as is_active
    from attributes
    group by golden_id
),

final as (
    select
        records.golden_id as customer_id,
        survived.customer_name,
        survived.customer_group,
        survived.sales_region,
        survived.country_code,
        survived.city,
        survived.postal_code,
        survived.currency_code,
        survived.tax_number,
        survived.duns_number,
        survived.gln,
        survived.created_date,
        coalesce(survived.is_active, true) as is_active,
        records.leading_namespace,
        records.leading_source_key,
        records.source_count
    from records
    left join survived on records.golden_id = survived.golden_id
)

select * from final

with suppliers as (
    select * from {{ ref('stg_suppliers') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'supplier'
),

records as (
    select
        suppliers.*,
        matched.golden_id,
        matched.survivorship_rank
    from suppliers
    inner join matched
        on suppliers._namespace = matched.namespace and suppliers.supplier_id = matched.source_key
),

final as (
    select
        golden_id as supplier_id,
        min_by(supplier_id, survivorship_rank) as supplier_code,
        {{ surviving('supplier_name') }} as supplier_name,
        {{ surviving('country_code') }} as country_code,
        {{ surviving('tax_number') }} as tax_number,
        {{ surviving('duns_number') }} as duns_number,
        {{ surviving('currency_code') }} as currency_code,
        coalesce({{ surviving('is_active') }}, true) as is_active,
        min_by(_namespace, survivorship_rank) as leading_namespace,
        cast(count(*) as integer) as source_count
    from records
    group by golden_id
)

select * from final

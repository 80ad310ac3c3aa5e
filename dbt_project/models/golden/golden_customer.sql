with customers as (
    select * from {{ ref('stg_customers') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'customer'
),

records as (
    select
        customers.*,
        matched.golden_id,
        matched.survivorship_rank
    from customers
    inner join matched
        on customers._namespace = matched.namespace and customers.customer_id = matched.source_key
),

final as (
    select
        golden_id as customer_id,
        {{ surviving('customer_name') }} as customer_name,
        {{ surviving('customer_group') }} as customer_group,
        {{ surviving('sales_region') }} as sales_region,
        {{ surviving('country_code') }} as country_code,
        {{ surviving('city') }} as city,
        {{ surviving('postal_code') }} as postal_code,
        {{ surviving('currency_code') }} as currency_code,
        {{ surviving('tax_number') }} as tax_number,
        {{ surviving('duns_number') }} as duns_number,
        {{ surviving('gln') }} as gln,
        {{ surviving('created_date') }} as created_date,
        coalesce({{ surviving('is_active') }}, true) as is_active,
        min_by(_namespace, survivorship_rank) as leading_namespace,
        min_by(customer_id, survivorship_rank) as leading_source_key,
        cast(count(*) as integer) as source_count
    from records
    group by golden_id
)

select * from final

with source as (
    select * from {{ source('raw', 'customers') }}
),

final as (
    select
        {{ record_key('customer_id') }} as record_key,
        customer_id,
        {{ blank_as_null('customer_name') }} as customer_name,
        {{ alphanumeric('tax_number') }} as tax_number,
        {{ fixed_digits('duns_number', 9) }} as duns_number,
        {{ fixed_digits('gln', 13) }} as gln,
        {{ blank_as_null('global_customer_id') }} as global_customer_id,
        {{ blank_as_null('customer_group') }} as customer_group,
        {{ blank_as_null('sales_region') }} as sales_region,
        {{ upper_code('country_code') }} as country_code,
        {{ blank_as_null('city') }} as city,
        {{ blank_as_null('postal_code') }} as postal_code,
        {{ upper_code('currency_code') }} as currency_code,
        created_date,
        is_active,
        changed_date,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'suppliers') }}
),

final as (
    select
        {{ record_key('supplier_id') }} as record_key,
        supplier_id,
        {{ blank_as_null('supplier_name') }} as supplier_name,
        {{ alphanumeric('tax_number') }} as tax_number,
        {{ fixed_digits('duns_number', 9) }} as duns_number,
        {{ upper_code('country_code') }} as country_code,
        {{ upper_code('currency_code') }} as currency_code,
        is_active,
        changed_date,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with source as (
    select * from {{ source('raw', 'unit_codes') }}
),

final as (
    select
        system_name,
        delivered_code,
        {{ upper_code('unit_code') }} as unit_code,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

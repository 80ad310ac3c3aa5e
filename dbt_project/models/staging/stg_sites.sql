with source as (
    select * from {{ source('raw', 'sites') }}
),

final as (
    select
        {{ record_key('site_id') }} as record_key,
        site_id,
        {{ blank_as_null('site_name') }} as site_name,
        {{ fixed_digits('gln', 13) }} as gln,
        {{ blank_as_null('site_type') }} as site_type,
        {{ upper_code('country_code') }} as country_code,
        {{ blank_as_null('time_zone') }} as time_zone,
        changed_date,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

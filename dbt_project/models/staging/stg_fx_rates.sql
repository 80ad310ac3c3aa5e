with source as (
    select * from {{ source('raw', 'fx_rates') }}
),

final as (
    select
        {{ upper_code('from_currency_code') }} as from_currency_code,
        {{ upper_code('to_currency_code') }} as to_currency_code,
        rate_date,
        rate,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

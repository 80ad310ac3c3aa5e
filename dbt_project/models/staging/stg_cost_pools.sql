with source as (
    select * from {{ source('raw', 'cost_pools') }}
),

final as (
    select
        pool_id,
        {{ month_start('month_date') }} as month_start_date,
        pool_name,
        cost_amount,
        {{ upper_code('currency_code') }} as currency_code,
        nullif(practical_capacity_units, 0) as practical_capacity_units,
        lower({{ blank_as_null('capacity_unit') }}) as capacity_unit,
        ledger_account,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

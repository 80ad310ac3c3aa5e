with source as (
    select * from {{ source('raw', 'ledger_totals') }}
),

final as (
    select
        period_start_date,
        period_end_date,
        {{ upper_code('currency_code') }} as currency_code,
        net_amount,
        cost_amount,
        coalesce(tolerance_amount, 0) as tolerance_amount,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with cost_pools as (
    select * from {{ ref('stg_cost_pools') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

valued as (
    select
        cost_pools.*,
        {{ amount('cost_pools.cost_amount * rates.rate_to_reporting') }} as reporting_amount
    from cost_pools
    left join rates
        on
            cost_pools.currency_code = rates.currency_code
            and cost_pools.month_start_date = rates.stated_date
),

-- twelve months at most, up to the last that is over and whose costs are delivered
scope as (
    select max(cost_pools.month_start_date) as last_date
    from cost_pools
    cross join parameters
    where {{ month_end('cost_pools.month_start_date') }} <= parameters.business_date
),

final as (
    select
        valued.pool_id,
        valued.month_start_date,
        coalesce(
            valued.month_start_date <= scope.last_date
            and valued.month_start_date > {{ months_before('scope.last_date', 12) }},
            false
        ) as is_in_scope,
        {{ amount('sum(valued.reporting_amount)') }} as cost_amount,
        {{ amount('sum(valued.practical_capacity_units)') }} as practical_capacity_units,
        min(valued.capacity_unit) as capacity_unit,
        count(distinct valued.capacity_unit) as capacity_unit_count,
        case when count(distinct valued.ledger_account) = 1 then min(valued.ledger_account) end
            as ledger_account
    from valued
    cross join scope
    group by valued.pool_id, valued.month_start_date, scope.last_date
)

select * from final

-- Margins of order lines beside those that the books state, by period and currency. A period counts
-- when all of it lies in the twelve months that margins are measured on, and in the delivered
-- history.
with totals as (
    select * from {{ ref('stg_ledger_totals') }}
),

delivered as (
    select * from {{ ref('stg_order_lines') }}
),

order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

settings as (
    select * from {{ source('night', 'value_settings') }}
),

histories as (
    select
        namespace,
        min(order_date) as first_date
    from order_lines
    group by namespace
),

stated as (
    select
        totals.*,
        greatest(totals.tolerance_amount, abs(totals.net_amount) * settings.tolerance_rate)
            as allowed_amount
    from totals
    cross join parameters
    cross join settings
    inner join histories on totals._namespace = histories.namespace
    where
        totals.cost_amount is not null
        and totals.period_start_date > {{ months_before('parameters.business_date', 12) }}
        and totals.period_end_date <= parameters.business_date
        and totals.period_start_date >= histories.first_date
),

-- in the currency of the books, at the rate that brought each line into reporting currency
posted as (
    select
        order_lines.namespace,
        delivered.currency_code,
        order_lines.order_date,
        sum(order_lines.line_count) as line_count,
        sum(
            order_lines.line_count
            * case when order_lines.is_sale then 1 else -1 end
            * delivered.net_amount
        ) as net_amount,
        sum(order_lines.cost_amount / nullif(rates.rate_to_reporting, 0)) as cost_amount,
        sum(case when order_lines.cost_amount is null then 1 else 0 end) as uncosted_count
    from order_lines
    inner join delivered on order_lines.order_line_id = delivered.record_key
    left join rates
        on
            delivered.currency_code = rates.currency_code
            and order_lines.order_date = rates.stated_date
    group by order_lines.namespace, delivered.currency_code, order_lines.order_date
),

compared as (
    select
        stated._namespace as namespace,
        stated.period_start_date,
        stated.period_end_date,
        stated.currency_code,
        coalesce(sum(posted.line_count), 0) as line_count,
        coalesce(sum(posted.uncosted_count), 0) as uncosted_count,
        max(stated.net_amount - stated.cost_amount) as stated_margin_amount,
        coalesce(sum(posted.net_amount - posted.cost_amount), 0) as posted_margin_amount,
        max(stated.allowed_amount) as tolerance_amount
    from stated
    left join posted
        on
            stated._namespace = posted.namespace
            and stated.currency_code = posted.currency_code
            and posted.order_date between stated.period_start_date and stated.period_end_date
    group by
        stated._namespace, stated.period_start_date, stated.period_end_date, stated.currency_code
),

final as (
    select
        namespace,
        period_start_date,
        period_end_date,
        currency_code,
        cast(line_count as bigint) as line_count,
        {{ amount('stated_margin_amount') }} as stated_margin_amount,
        {{ amount('posted_margin_amount') }} as posted_margin_amount,
        {{ amount('posted_margin_amount - stated_margin_amount') }} as difference_amount,
        {{ amount('tolerance_amount') }} as tolerance_amount,
        uncosted_count = 0
        and abs({{ amount('posted_margin_amount - stated_margin_amount') }})
        <= {{ amount('tolerance_amount') }} as is_reconciled
    from compared
)

select * from final

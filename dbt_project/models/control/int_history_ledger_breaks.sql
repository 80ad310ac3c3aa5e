-- A period whose order lines do not add up to what the books of their system state, in some
-- currency. A period that the history does not reach is not compared.
with totals as (
    select * from {{ ref('stg_ledger_totals') }}
),

order_lines as (
    select * from {{ ref('stg_order_lines') }}
),

days as (
    select * from {{ ref('int_history_days') }}
),

extracts as (
    select
        system,
        min(extract) as extract,
        min(history_date) as first_date,
        max(history_date) as last_date
    from days
    where history = 'order_lines'
    group by system
),

posted as (
    select
        _namespace,
        currency_code,
        order_date,
        sum(case when transaction_type = 'return' then -net_amount else net_amount end)
            as net_amount
    from order_lines
    where not is_cancelled
    group by _namespace, currency_code, order_date
),

compared as (
    select
        totals._namespace,
        totals.period_start_date,
        totals.period_end_date,
        totals.currency_code,
        totals.net_amount as stated_amount,
        totals.tolerance_amount,
        coalesce(sum(posted.net_amount), 0) as posted_amount
    from totals
    left join posted
        on
            totals._namespace = posted._namespace
            and totals.currency_code = posted.currency_code
            and posted.order_date between totals.period_start_date and totals.period_end_date
    group by
        totals._namespace,
        totals.period_start_date,
        totals.period_end_date,
        totals.currency_code,
        totals.net_amount,
        totals.tolerance_amount
),

broken as (
    select
        *,
        abs(posted_amount - stated_amount) as difference_amount
    from compared
    where abs(posted_amount - stated_amount) > tolerance_amount
),

final as (
    select
        extracts.system,
        extracts.extract,
        broken.period_start_date,
        broken.period_end_date,
        count(*) as found_count,
        max_by(
            'The books state ' || cast(broken.stated_amount as string) || ' '
            || broken.currency_code || ', the lines come to '
            || cast(cast(broken.posted_amount as decimal(18, 4)) as string) || '.',
            broken.difference_amount
        ) as detail
    from broken
    inner join extracts on broken._namespace = extracts.system
    where
        broken.period_start_date >= extracts.first_date
        and broken.period_end_date <= extracts.last_date
    group by
        extracts.system, extracts.extract, broken.period_start_date, broken.period_end_date
)

select * from final

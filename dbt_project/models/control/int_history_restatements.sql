-- A month that was settled when the release before was published, and does not say the same now.
-- Months settle for 31 days after they end; until then late lines and cancellations are usual.
with tonight as (
    select * from {{ ref('history_months') }}
),

published as (
    select * from {{ source('prior', 'history_months') }}
),

extracts as (
    select
        system,
        extract,
        history,
        max(business_date) as published_date
    from published
    group by system, extract, history
),

compared as (
    select
        coalesce(tonight.system, published.system) as system,
        coalesce(tonight.extract, published.extract) as extract,
        coalesce(tonight.history, published.history) as history,
        coalesce(tonight.month_start_date, published.month_start_date) as month_start_date,
        coalesce(tonight.line_count, 0) as found_count,
        coalesce(published.line_count, 0) as expected_count,
        coalesce(tonight.line_count, 0) = coalesce(published.line_count, 0)
        and coalesce(tonight.distinct_line_count, 0) = coalesce(published.distinct_line_count, 0)
        and coalesce(tonight.control_sum_units, 0) = coalesce(published.control_sum_units, 0)
        and coalesce(tonight.control_sum_amount, 0) = coalesce(published.control_sum_amount, 0)
            as is_same
    from tonight
    full join published
        on
            tonight.system = published.system
            and tonight.extract = published.extract
            and tonight.history = published.history
            and tonight.month_start_date = published.month_start_date
),

final as (
    select
        compared.system,
        compared.extract,
        compared.history,
        compared.month_start_date as period_start_date,
        {{ month_end('compared.month_start_date') }} as period_end_date,
        compared.found_count,
        compared.expected_count
    from compared
    inner join extracts
        on
            compared.system = extracts.system
            and compared.extract = extracts.extract
            and compared.history = extracts.history
    where
        not compared.is_same
        and {{ days_between(month_end('compared.month_start_date'), 'extracts.published_date') }}
        >= 31
)

select * from final

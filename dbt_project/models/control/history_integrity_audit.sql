with gaps as (
    select * from {{ ref('int_history_gaps') }}
),

doubled as (
    select * from {{ ref('int_history_doubled_days') }}
),

reused as (
    select * from {{ ref('int_history_reused_codes') }}
),

restated as (
    select * from {{ ref('int_history_restatements') }}
),

breaks as (
    select * from {{ ref('int_history_ledger_breaks') }}
),

found as (
    select
        system,
        extract,
        history,
        'gap' as kind,
        period_start_date,
        period_end_date,
        cast(null as string) as object_key,
        cast(0 as bigint) as found_count,
        expected_count,
        'No line of ' || history || ' on any of these days.' as detail
    from gaps
    union all
    select
        system,
        extract,
        history,
        'duplicate_load' as kind,
        period_start_date,
        period_end_date,
        cast(null as string) as object_key,
        found_count,
        expected_count,
        cast(found_count - expected_count as string)
        || ' lines of ' || history || ' say what others say, under keys of their own.' as detail
    from doubled
    union all
    select
        system,
        extract,
        'order_lines' as history,
        'reused_code' as kind,
        period_start_date,
        period_end_date,
        object_key,
        found_count,
        cast(0 as bigint) as expected_count,
        'Until ' || cast(period_end_date as string) || ' the code named another item than since '
        || cast(next_date as string) || '.' as detail
    from reused
    union all
    select
        system,
        extract,
        history,
        'restated_period' as kind,
        period_start_date,
        period_end_date,
        cast(null as string) as object_key,
        found_count,
        expected_count,
        'A month of ' || history || ' that was settled says something else than in the release '
        || 'before.' as detail
    from restated
    union all
    select
        system,
        extract,
        'order_lines' as history,
        'ledger_break' as kind,
        period_start_date,
        period_end_date,
        cast(null as string) as object_key,
        found_count,
        cast(0 as bigint) as expected_count,
        detail
    from breaks
),

final as (
    select
        system,
        extract,
        history,
        kind,
        period_start_date,
        period_end_date,
        coalesce(object_key, '(all)') as object_key,
        found_count,
        expected_count,
        detail,
        true as is_blocking
    from found
)

select * from final

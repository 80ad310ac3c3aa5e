with signals as (
    select * from {{ ref('stg_external_signals') }}
),

systems as (
    select * from {{ source('night', 'systems') }}
),

cached as (
    select * from {{ source('prior', 'fct_external_signal') }}
),

lives as (
    select * from {{ source('night', 'signal_lives') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- of systems that deliver one value, the most trusted is heard
ranked as (
    select
        signals.*,
        row_number() over (
            partition by
                signals.signal_name,
                signals.subject_type,
                signals.subject_key,
                signals.value_date,
                signals.published_at
            order by systems.priority nulls last, signals._namespace nulls last
        ) as trust_rank
    from signals
    left join systems on signals._system = systems.system
),

delivered as (
    select
        ranked.signal_name,
        ranked.subject_type,
        ranked.subject_key,
        ranked.value_date,
        ranked.published_at,
        ranked.signal_value,
        ranked.source_name
    from ranked
    cross join parameters
    where ranked.trust_rank = 1 and cast(ranked.published_at as date) <= parameters.business_date
),

known as (
    select
        delivered.*,
        true as is_delivered
    from delivered
    union all
    select
        cached.signal_name,
        cached.subject_type,
        cached.subject_key,
        cached.value_date,
        cached.published_at,
        cached.signal_value,
        cached.source_name,
        false as is_delivered
    from cached
    left join delivered
        on
            cached.signal_name = delivered.signal_name
            and cached.subject_type = delivered.subject_type
            and cached.subject_key = delivered.subject_key
            and cached.value_date = delivered.value_date
            and cached.published_at = delivered.published_at
    where delivered.signal_name is null
),

-- a value can be used from the day it speaks for, and not before the day it was published
dated as (
    select
        *,
        greatest(value_date, cast(published_at as date)) as valid_from
    from known
),

-- one for each day: the newest, of what could be used from that day on
newest as (
    select
        *,
        row_number() over (
            partition by signal_name, subject_type, subject_key, valid_from
            order by value_date desc nulls last, published_at desc nulls last
        ) as age_rank
    from dated
),

-- a value for an earlier day that is published late takes the place of no newer one
running as (
    select
        *,
        max(value_date) over (
            partition by signal_name, subject_type, subject_key
            order by valid_from nulls last
            rows between unbounded preceding and current row
        ) as newest_value_date
    from newest
    where age_rank = 1
),

lasting as (
    select
        *,
        lead(valid_from) over (
            partition by signal_name, subject_type, subject_key order by valid_from nulls last
        ) as valid_to
    from running
    where value_date = newest_value_date
),

living as (
    select
        lasting.*,
        parameters.business_date,
        cast(coalesce(own.time_to_live_days, every.time_to_live_days) as bigint)
            as time_to_live_days,
        {{ in_force('parameters.business_date', 'lasting') }} as is_in_force
    from lasting
    cross join parameters
    left join lives as own on lasting.signal_name = own.signal_name
    left join lives as every on every.signal_name = '*'
),

final as (
    select
        signal_name,
        subject_type,
        subject_key,
        valid_from,
        valid_to,
        signal_value,
        value_date,
        published_at,
        source_name,
        is_in_force,
        is_delivered,
        time_to_live_days,
        cast(valid_from + cast(time_to_live_days + 1 as integer) as date) as stale_from_date,
        is_in_force
        and {{ days_between('valid_from', 'business_date') }} > time_to_live_days as signal_stale
    from living
)

select * from final

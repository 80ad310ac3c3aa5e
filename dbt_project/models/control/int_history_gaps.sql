-- A run of a week or more without a line that chance does not explain. With p the share of business
-- days that had lines in the 13 weeks on either side, n business days without any come by chance
-- with (1 - p)^n, which must be below 1 in 10,000; p is 0.95 at most, so that it takes four days.
-- Days and not lines are counted, as orders may come in batches. A closure of the whole company is
-- no gap once the calendar has it.
with days as (
    select * from {{ ref('int_history_days') }}
),

units as (
    select * from {{ source('night', 'business_units') }}
),

calendar as (
    select * from {{ source('facts', 'dim_fiscal_calendar') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

ordered as (
    select
        *,
        lead(history_date) over (
            partition by system, extract, history order by history_date nulls last
        ) as next_date,
        sum(line_count) over before_it as lines_before,
        count(*) over before_it as days_before,
        sum(line_count) over after_it as lines_after,
        count(*) over after_it as days_after,
        min(history_date) over (partition by system, extract, history) as first_date,
        max(history_date) over (partition by system, extract, history) as last_date
    from days
    window
        before_it as (
            partition by system, extract, history order by history_date nulls last
            range between interval '90' day preceding and current row
        ),
        after_it as (
            partition by system, extract, history order by history_date nulls last
            range between current row and interval '90' day following
        )
),

runs as (
    select
        here.system,
        here.extract,
        here.history,
        here.history_date + 1 as start_date,
        there.history_date - 1 as end_date,
        here.lines_before + there.lines_after as lines_around,
        here.days_before + there.days_after as used_around,
        least(91, {{ days_between('here.first_date', 'here.history_date') }} + 1)
        + least(91, {{ days_between('there.history_date', 'here.last_date') }} + 1) as days_around
    from ordered as here
    inner join ordered as there
        on
            here.system = there.system
            and here.extract = there.extract
            and here.history = there.history
            and here.next_date = there.history_date
    where {{ days_between('here.history_date', 'here.next_date') }} > 7
),

worked as (
    select
        fiscal_calendar_id,
        avg(case when is_business_day then 1.0 else 0.0 end) as worked_share
    from calendar
    group by fiscal_calendar_id
),

-- a system that closes no books of its own, such as a warehouse's, is taken by calendar days
expected as (
    select
        runs.system,
        runs.extract,
        runs.history,
        runs.start_date,
        runs.end_date,
        min(runs.lines_around) as lines_around,
        min(runs.used_around) as used_around,
        min(runs.days_around * coalesce(worked.worked_share, 1.0)) as worked_around,
        case
            when min(units.fiscal_calendar_id) is null
                then min({{ days_between('runs.start_date', 'runs.end_date') }} + 1)
            else sum(case when calendar.is_business_day then 1 else 0 end)
        end as worked_days
    from runs
    left join units on runs.system = units.namespace and units.site_key is null
    left join worked on units.fiscal_calendar_id = worked.fiscal_calendar_id
    left join calendar
        on
            units.fiscal_calendar_id = calendar.fiscal_calendar_id
            and calendar.calendar_date between runs.start_date and runs.end_date
    group by runs.system, runs.extract, runs.history, runs.start_date, runs.end_date
),

judged as (
    select
        *,
        worked_days * lines_around / nullif(worked_around, 0) as expected_lines,
        power(1.0 - least(0.95, used_around / nullif(worked_around, 0)), worked_days) as chance
    from expected
),

-- the weeks that lack wholly, where there are such; else the days themselves
weeks as (
    select
        judged.*,
        {{ week_start('judged.start_date + 6', 'parameters.week_starts_on') }} as first_week,
        {{ week_start('judged.end_date + 1', 'parameters.week_starts_on') }} - 1 as last_week
    from judged
    cross join parameters
    where judged.chance < 0.0001
),

final as (
    select
        system,
        extract,
        history,
        case when first_week < last_week then first_week else start_date end as period_start_date,
        case when first_week < last_week then last_week else end_date end as period_end_date,
        cast(round(expected_lines) as bigint) as expected_count
    from weeks
)

select * from final

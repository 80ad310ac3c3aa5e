-- A run of a week or more without a line, where 14 and more were to be expected: by chance, at the
-- pace of the 13 weeks on either side, that comes once in a million (exp(-14)). Only business days
-- are expected to have lines: a closure of the whole company is no gap once the calendar has it.
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
        sum(line_count) over (
            partition by system, extract, history order by history_date nulls last
            range between interval '90' day preceding and current row
        ) as lines_before,
        sum(line_count) over (
            partition by system, extract, history order by history_date nulls last
            range between current row and interval '90' day following
        ) as lines_after,
        min(history_date) over (partition by system, extract, history) as first_date,
        max(history_date) over (partition by system, extract, history) as last_date
    from days
),

runs as (
    select
        here.system,
        here.extract,
        here.history,
        here.history_date + 1 as start_date,
        there.history_date - 1 as end_date,
        here.lines_before + there.lines_after as lines_around,
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

-- What a worked day brings, for each worked day of the run; a run that nobody works is no gap. A
-- system that closes no books of its own, such as a warehouse's, is taken by calendar days.
expected as (
    select
        runs.system,
        runs.extract,
        runs.history,
        runs.start_date,
        runs.end_date,
        min(
            runs.lines_around * 1.0
            / nullif(runs.days_around * coalesce(worked.worked_share, 1.0), 0)
        )
        * case
            when min(units.fiscal_calendar_id) is null
                then min({{ days_between('runs.start_date', 'runs.end_date') }} + 1)
            else sum(case when calendar.is_business_day then 1 else 0 end)
        end as expected_lines
    from runs
    left join units on runs.system = units.namespace and units.site_key is null
    left join worked on units.fiscal_calendar_id = worked.fiscal_calendar_id
    left join calendar
        on
            units.fiscal_calendar_id = calendar.fiscal_calendar_id
            and calendar.calendar_date between runs.start_date and runs.end_date
    group by runs.system, runs.extract, runs.history, runs.start_date, runs.end_date
),

-- the weeks that lack wholly, where there are such; else the days themselves
weeks as (
    select
        expected.*,
        {{ week_start('expected.start_date + 6', 'parameters.week_starts_on') }} as first_week,
        {{ week_start('expected.end_date + 1', 'parameters.week_starts_on') }} - 1 as last_week
    from expected
    cross join parameters
    where expected.expected_lines >= 14
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

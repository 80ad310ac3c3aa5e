-- A day is doubled when far more of its lines say what others say, under keys of their own, than is
-- usual for the extract. A day loaded twice has half of its lines over, or with the usual share s
-- of repeats (1 + s) / 2; four fifths of the way there count, so that a few corrected lines do not
-- hide it. Days close to each other are one load; it takes ten repeated lines, as chance makes
-- small days.
with days as (
    select * from {{ ref('int_history_days') }}
),

usual as (
    select
        system,
        extract,
        history,
        percentile_cont(0.5) within group (
            order by 1.0 - distinct_count * 1.0 / line_count
        ) as usual_share
    from days
    group by system, extract, history
),

doubled as (
    select
        days.*,
        lag(days.history_date) over (
            partition by days.system, days.extract, days.history
            order by days.history_date nulls last
        ) as day_before
    from days
    inner join usual
        on
            days.system = usual.system
            and days.extract = usual.extract
            and days.history = usual.history
    where
        1.0 - days.distinct_count * 1.0 / days.line_count
        >= usual.usual_share + 0.4 * (1.0 - usual.usual_share)
),

-- a weekend with a line or two of its own does not part one load into two
runs as (
    select
        *,
        sum(
            case when {{ days_between('day_before', 'history_date') }} <= 4 then 0 else 1 end
        ) over (
            partition by system, extract, history order by history_date nulls last
            rows between unbounded preceding and current row
        ) as run_number
    from doubled
),

final as (
    select
        system,
        extract,
        history,
        min(history_date) as period_start_date,
        max(history_date) as period_end_date,
        cast(sum(line_count) as bigint) as found_count,
        cast(sum(distinct_count) as bigint) as expected_count
    from runs
    group by system, extract, history, run_number
    having sum(line_count - distinct_count) >= 10
)

select * from final

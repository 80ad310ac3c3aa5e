with moves as (
    select * from {{ ref('int_stock_moves') }}
),

opened as (
    select * from {{ ref('int_stock_openings') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

business_days as (
    select * from {{ source('facts', 'dim_business_day') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

weeks as (
    {{ begun_weeks() }}
),

week_moves as (
    select
        product_id,
        site_id,
        week_start_date,
        sum(sold_units) as sold_units,
        sum(come_units) as come_units,
        max(case when sold_units > 0 then moved_date end) as last_sold_date
    from moves
    group by product_id, site_id, week_start_date
),

counts as (
    select distinct
        site_id,
        first_week,
        end_week
    from opened
),

count_weeks as (
    select
        counts.site_id,
        counts.first_week,
        weeks.week_start_date
    from counts
    inner join weeks
        on
            counts.first_week <= weeks.week_start_date
            and (counts.end_week is null or counts.end_week > weeks.week_start_date)
    cross join parameters
    where weeks.week_start_date + 6 <= parameters.business_date
),

sold as (
    select
        week_moves.product_id,
        week_moves.site_id,
        count_weeks.first_week,
        sum(week_moves.sold_units) as sold_units
    from week_moves
    inner join count_weeks
        on
            week_moves.site_id = count_weeks.site_id
            and week_moves.week_start_date = count_weeks.week_start_date
    group by week_moves.product_id, week_moves.site_id, count_weeks.first_week
),

-- it can have run out only where all that was sold until the next count would have used it up
tight as (
    select opened.*
    from opened
    left join sold
        on
            opened.product_id = sold.product_id
            and opened.site_id = sold.site_id
            and opened.first_week = sold.first_week
    where opened.opening_units <= coalesce(sold.sold_units, 0)
),

rolled as (
    select
        tight.product_id,
        tight.site_id,
        count_weeks.week_start_date,
        coalesce(week_moves.sold_units, 0) as sold_units,
        week_moves.last_sold_date,
        tight.opening_units + coalesce(
            sum(coalesce(week_moves.come_units, 0) - coalesce(week_moves.sold_units, 0)) over (
                partition by tight.product_id, tight.site_id, tight.first_week
                order by count_weeks.week_start_date nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as opening_units
    from tight
    inner join count_weeks
        on tight.site_id = count_weeks.site_id and tight.first_week = count_weeks.first_week
    left join week_moves
        on
            tight.product_id = week_moves.product_id
            and tight.site_id = week_moves.site_id
            and count_weeks.week_start_date = week_moves.week_start_date
),

-- the weeks since the shelf was last seen with something on it, of counts that are not tight too
seen as (
    select
        product_id,
        site_id,
        week_start_date,
        sold_units,
        last_sold_date,
        opening_units
    from rolled
    union all
    select
        opened.product_id,
        opened.site_id,
        opened.first_week as week_start_date,
        0 as sold_units,
        cast(null as date) as last_sold_date,
        opened.opening_units
    from opened
    left join tight
        on
            opened.product_id = tight.product_id
            and opened.site_id = tight.site_id
            and opened.first_week = tight.first_week
    where tight.product_id is null
),

dated as (
    select
        *,
        max(case when opening_units > 0 then week_start_date end) over (
            partition by product_id, site_id
            order by week_start_date nulls last
            rows between unbounded preceding and current row
        ) as last_stocked_week,
        -- whoever orders beyond the stock is not turned away by an empty shelf
        sum(case when sold_units > opening_units then 1 else 0 end) over (
            partition by product_id, site_id
        ) as beyond_count,
        sum(case when sold_units = opening_units and opening_units > 0 then 1 else 0 end) over (
            partition by product_id, site_id
        ) as used_up_count
    from seen
),

final as (
    select
        dated.product_id,
        dated.site_id,
        dated.week_start_date,
        {{ amount('dated.opening_units') }} as opening_units,
        {{ amount('dated.sold_units') }} as sold_units,
        case
            when dated.opening_units = 0 then 7
            else cast(
                {{ days_between('dated.last_sold_date', 'dated.week_start_date + 6') }} as integer
            )
        end as empty_days
    from dated
    inner join products on dated.product_id = products.product_id
    where
        dated.opening_units = dated.sold_units
        and dated.used_up_count > dated.beyond_count
        and {{ days_between('dated.last_stocked_week', 'dated.week_start_date') }} <= 182
        and (
            products.discontinued_date is null
            or dated.week_start_date < products.discontinued_date
        )
)

select * from final

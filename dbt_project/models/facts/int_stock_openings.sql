with moves as (
    select * from {{ ref('int_stock_moves') }}
),

snapshots as (
    select * from {{ ref('int_inventory_snapshots_resolved') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- a site is counted when all the systems that count it have
site_counts as (
    select
        site_id,
        snapshot_date,
        count(*) as source_count
    from (
        select distinct
            site_id,
            snapshot_date,
            namespace,
            source_site_id
        from snapshots
    ) as counted
    group by site_id, snapshot_date
),

whole_counts as (
    select
        site_id,
        snapshot_date,
        source_count,
        max(source_count) over (partition by site_id) as needed_count
    from site_counts
),

-- the last count of a week, and the weeks from the next one on that are rolled forward from it
counts as (
    select
        site_id,
        first_week,
        max(snapshot_date) as count_date,
        lead(first_week) over (partition by site_id order by first_week nulls last) as end_week
    from (
        select
            whole_counts.site_id,
            whole_counts.snapshot_date,
            {{ week_start('whole_counts.snapshot_date', 'parameters.week_starts_on') }} + 7
                as first_week
        from whole_counts
        cross join parameters
        where whole_counts.source_count = whole_counts.needed_count
    ) as dated
    group by site_id, first_week
),

counted as (
    select
        snapshots.product_id,
        snapshots.site_id,
        counts.first_week,
        sum(snapshots.on_hand_units) as on_hand_units
    from snapshots
    inner join counts
        on snapshots.site_id = counts.site_id and snapshots.snapshot_date = counts.count_date
    group by snapshots.product_id, snapshots.site_id, counts.first_week
),

-- what moved on the days between the count and the end of its week
rest_of_week as (
    select
        moves.product_id,
        moves.site_id,
        counts.first_week,
        sum(moves.come_units - moves.sold_units) as net_units
    from moves
    inner join counts
        on
            moves.site_id = counts.site_id
            and moves.moved_date > counts.count_date
            and moves.moved_date < counts.first_week
    group by moves.product_id, moves.site_id, counts.first_week
),

items as (
    select
        product_id,
        site_id,
        min(first_week) as first_stocked_week
    from counted
    where on_hand_units > 0
    group by product_id, site_id
),

-- of what was once on the shelf: a bin that is not listed at a count is empty
final as (
    select
        items.product_id,
        items.site_id,
        counts.first_week,
        counts.end_week,
        coalesce(counted.on_hand_units, 0) + coalesce(rest_of_week.net_units, 0) as opening_units
    from items
    inner join counts
        on items.site_id = counts.site_id and items.first_stocked_week <= counts.first_week
    left join counted
        on
            items.product_id = counted.product_id
            and items.site_id = counted.site_id
            and counts.first_week = counted.first_week
    left join rest_of_week
        on
            items.product_id = rest_of_week.product_id
            and items.site_id = rest_of_week.site_id
            and counts.first_week = rest_of_week.first_week
)

select * from final

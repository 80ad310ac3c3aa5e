with pos_sales as (
    select * from {{ ref('int_pos_sales_resolved') }}
),

order_lines as (
    select * from {{ ref('fct_order_line') }}
),

customers as (
    select * from {{ ref('golden_customer') }}
),

channels as (
    select * from {{ source('night', 'pos_channels') }}
),

settings as (
    select * from {{ source('night', 'pos_settings') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- the window ends with a channel's last report: that it is late counts once, as latency
windows as (
    select
        pos_sales.channel_id,
        max(pos_sales.sales_date) as last_sales_date,
        cast(
            max(pos_sales.sales_date) - cast(7 * max(settings.window_weeks) - 1 as integer) as date
        ) as first_sales_date
    from pos_sales
    cross join settings
    group by pos_sales.channel_id
),

reported as (
    select
        pos_sales.*,
        cast(
            floor({{ days_between('pos_sales.sales_date', 'windows.last_sales_date') }} / 7.0)
            as integer
        ) as weeks_before_last
    from pos_sales
    inner join windows on pos_sales.channel_id = windows.channel_id
    where pos_sales.sales_date >= windows.first_sales_date
),

store_weeks as (
    select
        channel_id,
        store_id,
        weeks_before_last,
        sum(sold_units) as sold_units
    from reported
    group by channel_id, store_id, weeks_before_last
),

sell_out as (
    select
        channel_id,
        count(distinct store_id) as store_count,
        count(*) as store_week_count,
        sum(sold_units) as sell_out_units
    from store_weeks
    group by channel_id
),

-- what the channel bought of the products it reports, by day of the order; returns are negative
channel_products as (
    select distinct
        channel_id,
        product_id
    from reported
),

sell_in as (
    select
        channels.channel_id,
        sum(order_lines.quantity_units) as sell_in_units
    from channels
    inner join windows on channels.channel_id = windows.channel_id
    inner join customers on channels.customer_group = customers.customer_group
    inner join order_lines
        on
            customers.customer_id = order_lines.customer_id
            and not order_lines.is_cancelled
            and order_lines.order_date between windows.first_sales_date and windows.last_sales_date
    inner join channel_products
        on
            channels.channel_id = channel_products.channel_id
            and order_lines.product_id = channel_products.product_id
    group by channels.channel_id
),

named as (
    select channel_id from channels
    union
    select channel_id from windows
),

-- stores that report although nobody expected them are expected, too
measured as (
    select
        named.channel_id,
        channels.customer_group,
        windows.first_sales_date,
        windows.last_sales_date,
        coalesce(channels.store_count, 0) as known_store_count,
        cast(coalesce(sell_out.store_count, 0) as bigint) as reporting_store_count,
        {{ amount('coalesce(sell_out.sell_out_units, 0)') }} as sell_out_units,
        {{ amount('coalesce(sell_in.sell_in_units, 0)') }} as sell_in_units,
        cast({{ days_between('windows.last_sales_date', 'parameters.business_date') }} as bigint)
            as latency_days,
        cast(coalesce(sell_out.store_week_count, 0) as double) as store_week_count,
        settings.*
    from named
    cross join settings
    cross join parameters
    left join channels on named.channel_id = channels.channel_id
    left join windows on named.channel_id = windows.channel_id
    left join sell_out on named.channel_id = sell_out.channel_id
    left join sell_in on named.channel_id = sell_in.channel_id
),

expected as (
    select
        *,
        cast(greatest(known_store_count, reporting_store_count) as bigint) as expected_store_count
    from measured
),

rated as (
    select
        *,
        store_week_count / nullif(expected_store_count * window_weeks, 0) as coverage,
        case
            when sell_in_units > 0
                then cast(sell_out_units as double) / cast(sell_in_units as double)
        end as reconciliation,
        case
            when latency_days <= maximum_latency_days then 1.0
            else cast(maximum_latency_days as double) / latency_days
        end as punctuality
    from expected
),

scored as (
    select
        *,
        coalesce(coverage * greatest(1 - abs(reconciliation - 1), 0) * punctuality, 0) as score
    from rated
),

judged as (
    select
        *,
        nullif(
            concat_ws(
                '; ',
                case
                    when customer_group is null then 'workspace.yml does not name the channel'
                end,
                case when last_sales_date is null then 'it has reported nothing' end,
                case
                    when coverage < minimum_coverage_rate
                        then
                            'coverage of stores and weeks is ' || {{ percent('coverage') }}
                            || ', at least ' || {{ percent('minimum_coverage_rate') }}
                            || ' is needed'
                end,
                case
                    when last_sales_date is not null and reconciliation is null
                        then 'there is no sell-in to compare with'
                    when abs(reconciliation - 1) > maximum_reconciliation_gap_rate
                        then
                            'sell-out is ' || {{ percent('reconciliation') }} || ' of sell-in, '
                            || {{ percent('maximum_reconciliation_gap_rate') }} || ' off at most'
                end,
                case
                    when latency_days > maximum_latency_days
                        then
                            'the last report is ' || cast(latency_days as string)
                            || ' days old, at most ' || cast(maximum_latency_days as string)
                end,
                case
                    when last_sales_date is not null and score < minimum_reliability_score
                        then
                            'the score is ' || {{ percent('score') }} || ', at least '
                            || {{ percent('minimum_reliability_score') }} || ' is needed'
                end
            ),
            ''
        ) as exclusion_reason
    from scored
),

final as (
    select
        channel_id,
        customer_group,
        first_sales_date,
        last_sales_date,
        expected_store_count,
        reporting_store_count,
        {{ published_float('coalesce(coverage, 0)') }} as coverage_rate,
        sell_in_units,
        sell_out_units,
        {{ published_float('reconciliation') }} as reconciliation_ratio,
        latency_days,
        {{ published_float('score') }} as reliability_score,
        exclusion_reason is null as is_included,
        exclusion_reason
    from judged
)

select * from final

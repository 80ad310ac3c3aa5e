-- A code that was used for another item before: it rested for half a year, and then either its
-- master data say that the item begins within that rest, or its price is twice or half of what it
-- was. A slow item rests as long, but at its own price and with an older launch.
with order_lines as (
    select * from {{ ref('stg_order_lines') }}
),

products as (
    select * from {{ ref('stg_products') }}
),

facts as (
    select * from {{ ref('fct_order_line') }}
),

raw_extracts as (
    select * from {{ source('control', 'raw_extracts') }}
),

files as (
    select
        system,
        file_sha256,
        min(extract) as extract
    from raw_extracts
    where file_sha256 is not null
    group by system, file_sha256
),

sold as (
    select distinct
        _namespace,
        product_id,
        order_date
    from order_lines
    where transaction_type = 'sale'
),

rests as (
    select
        *,
        lead(order_date) over (
            partition by _namespace, product_id order by order_date nulls last
        ) as next_date
    from sold
),

-- of several long rests the last: what the code means today began after it
rested as (
    select
        _namespace,
        product_id,
        max(order_date) as last_date,
        max(next_date) as next_date
    from rests
    where {{ days_between('order_date', 'next_date') }} >= 180
    group by _namespace, product_id
),

lives as (
    select
        rested._namespace,
        rested.product_id,
        rested.last_date,
        rested.next_date,
        min(order_lines._system) as system,
        min(files.extract) as extract,
        min(order_lines.order_date) as first_date,
        sum(case when order_lines.order_date <= rested.last_date then 1 else 0 end) as lines_before,
        sum(case when order_lines.order_date <= rested.last_date then 0 else 1 end) as lines_after,
        percentile_cont(0.5) within group (order by case
            when order_lines.order_date <= rested.last_date
                then cast(facts.revenue_amount / nullif(facts.quantity_units, 0) as double)
        end) as price_before,
        percentile_cont(0.5) within group (order by case
            when order_lines.order_date > rested.last_date
                then cast(facts.revenue_amount / nullif(facts.quantity_units, 0) as double)
        end) as price_after
    from rested
    inner join order_lines
        on
            rested._namespace = order_lines._namespace
            and rested.product_id = order_lines.product_id
    inner join facts on order_lines.record_key = facts.order_line_id
    left join files
        on order_lines._system = files.system and order_lines._file = files.file_sha256
    where order_lines.transaction_type = 'sale'
    group by rested._namespace, rested.product_id, rested.last_date, rested.next_date
),

final as (
    select
        lives.system,
        lives.extract,
        lives.product_id as object_key,
        lives.first_date as period_start_date,
        lives.last_date as period_end_date,
        lives.next_date,
        cast(lives.lines_before as bigint) as found_count
    from lives
    left join products
        on lives._namespace = products._namespace and lives.product_id = products.product_id
    where
        products.launch_date between lives.last_date + 1 and lives.next_date
        or (
            least(lives.lines_before, lives.lines_after) >= 3
            and (
                lives.price_after >= 2 * lives.price_before
                or lives.price_before >= 2 * lives.price_after
            )
        )
)

select * from final

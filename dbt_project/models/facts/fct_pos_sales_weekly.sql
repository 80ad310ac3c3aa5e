with pos_sales as (
    select * from {{ ref('int_pos_sales_resolved') }}
),

channels as (
    select * from {{ ref('fct_pos_channel') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

trusted as (
    select
        pos_sales.*,
        parameters.business_date,
        {{ week_start('pos_sales.sales_date', 'parameters.week_starts_on') }} as week_start_date
    from pos_sales
    cross join parameters
    inner join channels
        on pos_sales.channel_id = channels.channel_id and channels.is_included
),

final as (
    select
        channel_id,
        product_id,
        week_start_date,
        {{ amount('sum(sold_units)') }} as sold_units,
        cast(count(distinct store_id) as bigint) as store_count
    from trusted
    where week_start_date + 6 <= business_date
    group by channel_id, product_id, week_start_date
)

select * from final

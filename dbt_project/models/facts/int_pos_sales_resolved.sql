with pos_sales as (
    select * from {{ ref('stg_pos_sales') }}
),

products as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'product'
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

final as (
    select
        pos_sales.channel_id,
        pos_sales.store_id,
        products.golden_id as product_id,
        pos_sales.sales_date,
        sum(pos_sales.sold_units) as sold_units
    from pos_sales
    cross join parameters
    inner join products
        on
            pos_sales._namespace = products.namespace
            and pos_sales.product_id = products.source_key
    where pos_sales.sales_date <= parameters.business_date
    group by
        pos_sales.channel_id, pos_sales.store_id, products.golden_id, pos_sales.sales_date
)

select * from final

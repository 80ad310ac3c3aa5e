with source as (
    select * from {{ source('raw', 'pos_sales') }}
),

final as (
    select
        trim(channel_id) as channel_id,
        trim(store_id) as store_id,
        product_id,
        sales_date,
        sold_units,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

with customer_channels as (
    select * from {{ ref('int_customer_channel') }}
),

final as (
    select distinct sales_channel_id from customer_channels
)

select * from final

with customers as (
    select * from {{ ref('golden_customer') }}
),

final as (
    select
        customer_id,
        coalesce(customer_group, '(none)') as sales_channel_id
    from customers
)

select * from final

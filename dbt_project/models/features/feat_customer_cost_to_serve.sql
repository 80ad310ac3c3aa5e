with customers as (
    select * from {{ ref('golden_customer') }}
),

costed as (
    select * from {{ ref('feat_cost_to_serve') }}
),

served as (
    {{ served_at_standard(['customer_id']) }}
),

ranked as (
    {{ whale('served', 'standard_pocket_margin_amount', 'customer_id') }}
),

final as (
    select
        customers.customer_id,
        {{ served_features() }}
    from customers
    left join served on customers.customer_id = served.customer_id
    left join ranked on customers.customer_id = ranked.customer_id
)

select * from final

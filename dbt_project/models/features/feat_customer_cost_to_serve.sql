with customers as (
    select * from {{ ref('golden_customer') }}
),

lines as (
    select * from {{ ref('feat_cost_to_serve') }}
),

owners as (
    select * from {{ ref('int_customer_order_lines') }}
),

owned as (
    {{ owned_lines() }}
),

costed as (
    {{ costed_by_owner([
        'revenue', 'rebate', 'standard_cost_to_serve', 'cost_of_goods',
    ]) }}
),

served as (
    {{ served_at_standard(['customer_id'], 'sum(line_count)') }}
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

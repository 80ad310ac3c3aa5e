with order_lines as (
    select * from {{ ref('stg_order_lines') }}
),

returns as (
    select
        record_key,
        product_id,
        order_date,
        original_order_id,
        {{ record_key('original_order_id', 'original_line_number') }} as named_line_id
    from order_lines
    where transaction_type = 'return'
),

sales as (
    select
        record_key,
        product_id,
        demand_kind,
        order_date,
        coalesce(requested_date, order_date) as demand_date
    from order_lines
    where transaction_type = 'sale' and not is_cancelled
),

-- what is sent back is what was ordered, and was ordered before
final as (
    select
        returns.record_key as order_line_id,
        sales.record_key as original_order_line_id,
        sales.demand_kind,
        coalesce(sales.demand_date, returns.order_date) as demand_date,
        case
            when sales.record_key is not null then 'matched'
            when returns.original_order_id is not null then 'unmatched'
            else 'unnamed'
        end as return_match
    from returns
    left join sales
        on
            returns.named_line_id = sales.record_key
            and returns.product_id = sales.product_id
            and returns.order_date >= sales.order_date
)

select * from final

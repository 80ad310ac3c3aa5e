-- Question: Which customers cost more than they earn, and by what?
-- Shows: Customers behind the peak of the whale curve, the dearest first: what they leave after the
--   goods, what serving them takes of it, and the element that takes most.
with behind_the_peak as (
    select curve.*
    from whale_curve as curve
    cross join (select position_count from whale_curve where is_peak) as peak
    where curve.position_count > peak.position_count
),

elements as (
    select
        customer_id,
        'order processing' as element,
        order_processing_amount as amount
    from behind_the_peak
    union all
    select customer_id, 'handling', handling_amount from behind_the_peak
    union all
    select customer_id, 'returns', returns_handling_amount from behind_the_peak
    union all
    select customer_id, 'freight', freight_amount from behind_the_peak
    union all
    select customer_id, 'credit', credit_amount from behind_the_peak
    union all
    select customer_id, 'special handling', special_handling_amount from behind_the_peak
    union all
    select customer_id, 'dedicated stock', dedicated_stock_amount from behind_the_peak
    union all
    select customer_id, 'premium freight', premium_freight_amount from behind_the_peak
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by amount desc nulls last, element
        ) as element_rank
    from elements
),

dearest as (
    select * from ranked
    where element_rank = 1
)

select
    customer.customer_name,
    customer.customer_group,
    customer.country_code,
    behind.costed_line_count,
    behind.revenue_amount,
    behind.revenue_amount
    - behind.rebate_amount
    - behind.cost_of_goods_amount as margin_amount,
    behind.cost_to_serve_amount,
    behind.pocket_margin_amount,
    dearest.element as dearest_element,
    dearest.amount as dearest_amount
from behind_the_peak as behind
inner join dearest on dearest.customer_id = behind.customer_id
inner join golden_customer as customer on customer.customer_id = behind.customer_id
order by behind.pocket_margin_amount nulls last, customer.customer_id
limit 50

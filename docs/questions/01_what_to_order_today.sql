-- Question: What should we order today, and from whom?
-- Shows: For each supplier, the items below their reorder point, and what the suggested
--   orders cost at purchase price. Start at the top: that is where the money goes.
with orders as (
    select
        profile.supplier_id,
        reorder.product_id,
        reorder.suggested_order_units,
        reorder.suggested_order_units
        * cast(profile.purchase_price_amount as double) as order_amount,
        profile.lead_time_mean_days
    from policy_reorder as reorder
    inner join feat_supply_profile as profile
        on profile.product_id = reorder.product_id and profile.site_id = reorder.site_id
    where reorder.is_below_reorder_point
)

select
    coalesce(supplier.supplier_name, '(no supplier known)') as supplier_name,
    count(*) as item_count,
    round(sum(orders.suggested_order_units), 1) as suggested_order_units,
    round(sum(orders.order_amount), 2) as order_amount,
    round(max(orders.lead_time_mean_days), 1) as longest_lead_time_days
from orders
left join golden_supplier as supplier on supplier.supplier_id = orders.supplier_id
group by orders.supplier_id, supplier.supplier_name
order by order_amount desc nulls last, supplier_name

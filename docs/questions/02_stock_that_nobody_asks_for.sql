-- Question: Which stock has had no demand for half a year?
-- Shows: Items with stock on hand whose last week of demand is 26 weeks back or more, or who never
--   had one, by the money that lies in them.
select
    product.product_code,
    product.product_name,
    location.site_code,
    demand.last_demand_week_date,
    demand.weeks_since_demand_count,
    stock.on_hand_units,
    stock.stock_value_amount
from fct_stock as stock
inner join feat_demand_profile as demand
    on demand.product_id = stock.product_id and demand.site_id = stock.site_id
inner join golden_product as product on product.product_id = stock.product_id
inner join golden_location as location on location.site_id = stock.site_id
where
    stock.on_hand_units > 0
    and coalesce(demand.weeks_since_demand_count, 26) >= 26
order by stock.stock_value_amount desc nulls last, product.product_code, location.site_code
limit 50

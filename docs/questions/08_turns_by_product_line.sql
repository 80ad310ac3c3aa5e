-- Question: How fast does stock turn in each product line?
-- Shows: 12-month cost of goods sold over today's stock at cost, and the weeks that today's stock
--   would last, by product line; slow lines first.
select
    coalesce(product.product_line, '(none)') as product_line,
    count(*) as item_count,
    sum(worth.revenue_12m_amount) as revenue_12m_amount,
    sum(worth.margin_12m_amount) as margin_12m_amount,
    sum(worth.stock_value_amount) as stock_value_amount,
    round(
        cast(sum(worth.cost_12m_amount) as double)
        / nullif(cast(sum(worth.stock_value_amount) as double), 0), 2
    ) as turns_ratio,
    round(
        52 * cast(sum(worth.stock_value_amount) as double)
        / nullif(cast(sum(worth.cost_12m_amount) as double), 0), 1
    ) as cover_weeks
from feat_item_value as worth
inner join golden_product as product on product.product_id = worth.product_id
group by product.product_line
order by turns_ratio nulls first, product_line

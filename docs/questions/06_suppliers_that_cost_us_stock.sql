-- Question: Which suppliers deliver late or irregularly, and how much margin hangs on them?
-- Shows: By supplier, the share of receipts on time, how much lead times scatter, and the 12-month
--   margin of the items they deliver. Only items with observed receipts are counted.
select
    supplier.supplier_name,
    count(*) as item_count,
    sum(profile.receipt_count) as receipt_count,
    round(
        sum(profile.on_time_rate * profile.receipt_count)
        / nullif(sum(profile.receipt_count), 0), 3
    ) as on_time_rate,
    round(avg(profile.lead_time_mean_days), 1) as lead_time_mean_days,
    round(
        avg(profile.lead_time_sd_days / nullif(profile.lead_time_mean_days, 0)), 3
    ) as lead_time_cv_ratio,
    sum(worth.margin_12m_amount) as margin_12m_amount
from feat_supply_profile as profile
inner join golden_supplier as supplier on supplier.supplier_id = profile.supplier_id
inner join feat_item_value as worth
    on worth.product_id = profile.product_id and worth.site_id = profile.site_id
where profile.on_time_rate is not null
group by profile.supplier_id, supplier.supplier_name
order by on_time_rate nulls last, margin_12m_amount desc nulls last, supplier.supplier_name

-- Question: Where does our safety stock come from: uncertain demand, or uncertain lead times?
-- Shows: By cell, the value of safety stock and the share of the variance it protects against that
--   is due to lead time. Where that share is high, talk to suppliers before forecasters.
with variances as (
    select
        segment_id,
        target_rate,
        cast(safety_stock_value_amount as double) as safety_stock_value,
        power(weekly_mean_units * lead_time_sd_days / 7, 2) as lead_time_variance,
        power(weekly_sd_units, 2)
        * (lead_time_mean_days + coalesce(review_days, 0)) / 7 as demand_variance
    from policy_safety_stock
)

select
    segment_id,
    target_rate,
    count(*) as item_count,
    round(sum(safety_stock_value), 2) as safety_stock_value_amount,
    round(
        sum(safety_stock_value * lead_time_variance
            / nullif(lead_time_variance + demand_variance, 0))
        / nullif(sum(safety_stock_value), 0), 4
    ) as lead_time_share_rate
from variances
group by segment_id, target_rate
order by safety_stock_value_amount desc nulls last, segment_id

-- Question: Which items are so close to a class border that a small change would move them?
-- Shows: Items whose deciding input is within 5 % of the value that flips them. Look twice before
--   a decision that is hard to take back.
with distances as (
    select
        explanation.*,
        cast(json_extract_string(inputs, '$."' || flip_column || '"') as double) as input_value
    from segment_explanations as explanation
    where flip_column is not null
)

select
    distances.scheme_id,
    product.product_code,
    location.site_code,
    distances.segment_id,
    distances.flip_segment_id,
    distances.flip_column,
    distances.input_value,
    distances.flip_value,
    round(abs(flip_value - input_value) / nullif(abs(input_value), 0), 4) as distance_rate,
    distances.value_at_stake_amount
from distances
inner join golden_product as product on product.product_id = distances.product_id
inner join golden_location as location on location.site_id = distances.site_id
where abs(flip_value - input_value) <= 0.05 * abs(input_value)
order by
    distances.value_at_stake_amount desc nulls last,
    product.product_code,
    location.site_code,
    distances.scheme_id
limit 50

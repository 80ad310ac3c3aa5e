-- Question: Which items changed class in this release, and what did the rule read?
-- Shows: Every item that entered its segment on the release's business date, largest value first,
--   with the rule that fired and its inputs.
select
    assignment.scheme_id,
    product.product_code,
    product.product_name,
    location.site_code,
    assignment.segment_id,
    assignment.rule_id,
    explanation.inputs,
    assignment.value_at_stake_amount
from segment_assignment as assignment
inner join segment_explanations as explanation
    on explanation.scheme_id = assignment.scheme_id and explanation.unit_id = assignment.unit_id
inner join golden_product as product on product.product_id = assignment.product_id
inner join golden_location as location on location.site_id = assignment.site_id
where assignment.valid_from = assignment.as_of_date
order by
    assignment.value_at_stake_amount desc nulls last,
    product.product_code,
    location.site_code,
    assignment.scheme_id
limit 50

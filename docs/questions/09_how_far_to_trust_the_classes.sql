-- Question: How far can we trust the classes: where did data fall short?
-- Shows: By scheme and segment, the items decided by a fallback, and those whose margin rests on
--   standard or missing cost instead of actual cost.
select
    assignment.scheme_id,
    assignment.segment_id,
    count(*) as item_count,
    count(*) filter (where assignment.fallback_code is not null) as fallback_count,
    count(*) filter (where worth.margin_grade = 'standard') as standard_cost_count,
    count(*) filter (where worth.margin_grade = 'missing') as missing_cost_count,
    sum(assignment.value_at_stake_amount) as value_at_stake_amount
from segment_assignment as assignment
inner join feat_item_value as worth
    on worth.product_id = assignment.product_id and worth.site_id = assignment.site_id
group by assignment.scheme_id, assignment.segment_id
order by assignment.scheme_id, fallback_count desc, assignment.segment_id

{#-
CTEs that settle conflicts by the rules of golden/hierarchies.yml: `settled` has one row per conflict
that a rule settles, with `node_key` and `settled_by`; conflicts that no rule settles are not in it.

    supports     CTE with one row per voice for a node: conflict_id, node_key, node_id, view_name,
                 namespace and source_key of the account or item that speaks
    object_type  whose rules they are

Rules are tried in their order, and the first that prefers one node to all others settles. An
expert's ruling names the node; a precedence prefers whom its first voice names, a system or a view;
a majority, whom most voices name. A rule that prefers several alike is passed over.
-#}
{% macro settle(supports, object_type) -%}
rules as (
    select * from {{ source('night', 'hierarchy_rules') }} where object_type = '{{ object_type }}'
),

rulings as (
    select
        rulings.*
    from {{ source('night', 'hierarchy_rulings') }} as rulings
    cross join {{ source('night', 'parameters') }} as today
    where
        rulings.object_type = '{{ object_type }}'
        and coalesce(rulings.valid_from <= today.business_date, true)
        and coalesce(rulings.valid_to > today.business_date, true)
),

scores as (
    select
        {{ supports }}.conflict_id,
        {{ supports }}.node_key,
        rules.rule_order,
        rules.rule_id,
        case rules.kind
            when 'majority' then count(*)
            when 'precedence' then -min(rules.voice_rank)
            else 1
        end as score
    from {{ supports }}
    inner join rules
        on
            rules.kind <> 'expert'
            and (
                rules.voice is null
                or rules.voice in ({{ supports }}.view_name, {{ supports }}.namespace)
            )
    group by
        {{ supports }}.conflict_id,
        {{ supports }}.node_key,
        rules.rule_order,
        rules.rule_id,
        rules.kind
    union all
    select distinct
        speaking.conflict_id,
        named.node_key,
        rules.rule_order,
        rules.rule_id,
        1 as score
    from {{ supports }} as speaking
    inner join rulings
        on
            speaking.namespace = rulings.namespace
            and speaking.source_key = rulings.source_key
    inner join {{ supports }} as named
        on
            speaking.conflict_id = named.conflict_id
            and rulings.node_id = named.node_id
    inner join rules on rules.kind = 'expert'
),

ranked as (
    select
        *,
        rank() over (
            partition by conflict_id, rule_order order by score desc nulls last
        ) as preference
    from scores
),

preferred as (
    select
        conflict_id,
        rule_order,
        min(rule_id) as settled_by,
        min(node_key) as node_key
    from ranked
    where preference = 1
    group by conflict_id, rule_order
    having count(*) = 1
),

first_to_settle as (
    select
        *,
        row_number() over (partition by conflict_id order by rule_order nulls last) as turn
    from preferred
),

settled as (
    select conflict_id, node_key, settled_by from first_to_settle where turn = 1
)
{%- endmacro %}

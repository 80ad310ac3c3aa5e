{#-
One row per delivered record of an object: the golden id it belongs to, and why.

    records      staging relation with record_key, _system, _namespace
    object_type  customer, product, site or supplier
    letter       what its golden ids begin with
    source_key   column of the record's own key
    keys         rule name → expression over the staging columns: an exact key that systems share

Records that share a key value are joined, and joined transitively. A value that more than
`placeholder_above` records carry is a filler such as 999999999 and proves nothing. One delivered
record that a contract maps into several namespaces is one object in all of them.

A golden id is minted once, from the record that founds the cluster, and carried afterwards:
a cluster keeps the id that its records had in the previous release. Where several ids meet, the
oldest stays. Where one id's records part, the cluster of the record that leads keeps it. An id
that was ever given away is not minted again.
-#}
{% macro match_records(records, object_type, letter, source_key, keys, placeholder_above=20) -%}
{%- set delivered_record = {'delivered_record': "_file || ':' || cast(_record as string)"} -%}
{%- set rules = dict(keys, **delivered_record) -%}
with recursive prior_xref as (
    select * from {{ source('prior', 'golden_xref') }} where object_type = '{{ object_type }}'
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

systems as (
    select * from {{ source('night', 'systems') }}
),

-- precedence numbers the records from the one whose system is trusted most
records as (
    select
        delivered.*,
        row_number() over (
            order by systems.priority nulls last, delivered.record_key nulls last
        ) as precedence
    from {{ records }} as delivered
    left join systems on delivered._system = systems.system
),

key_values as (
    {% for rule, expression in rules.items() -%}
    select
        precedence,
        {{ loop.index }} as rule_order,
        '{{ rule }}' as match_rule,
        {{ expression }} as key_value
    from records
    where {{ expression }} is not null
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

shared_values as (
    select match_rule, key_value, min(precedence) as hub
    from key_values
    group by match_rule, key_value
    having count(*) between 2 and {{ placeholder_above }}
),

evidence as (
    select key_values.precedence, shared_values.hub, key_values.rule_order, key_values.match_rule
    from key_values
    inner join shared_values
        on
            key_values.match_rule = shared_values.match_rule
            and key_values.key_value = shared_values.key_value
),

edges as (
    select precedence as from_record, hub as to_record from evidence where precedence <> hub
    union
    select hub as from_record, precedence as to_record from evidence where precedence <> hub
),

reached as (
    select from_record as member, from_record as reached_record from edges
    union
    select reached.member, edges.to_record as reached_record
    from reached
    inner join edges on reached.reached_record = edges.from_record
),

clusters as (
    select member, min(reached_record) as founder from reached group by member
),

reasons as (
    select precedence, min_by(match_rule, rule_order) as match_rule
    from evidence
    group by precedence
),

clustered as (
    select
        records.precedence,
        records.record_key,
        records._namespace as namespace,
        records.{{ source_key }} as source_key,
        coalesce(clusters.founder, records.precedence) as founder,
        coalesce(reasons.match_rule, 'own key') as match_rule
    from records
    left join clusters on records.precedence = clusters.member
    left join reasons on records.precedence = reasons.precedence
),

prior_ids as (
    select golden_id, min(valid_from) as minted_date from prior_xref group by golden_id
),

last_known as (
    select namespace, source_key, max_by(golden_id, valid_from) as golden_id
    from prior_xref
    group by namespace, source_key
),

claims as (
    select
        clustered.founder,
        prior_ids.golden_id,
        prior_ids.minted_date,
        row_number() over (
            partition by prior_ids.golden_id order by clustered.precedence nulls last
        ) as claim_rank
    from clustered
    inner join last_known
        on
            clustered.namespace = last_known.namespace
            and clustered.source_key = last_known.source_key
    inner join prior_ids on last_known.golden_id = prior_ids.golden_id
),

carried as (
    select
        founder,
        golden_id,
        row_number() over (
            partition by founder order by minted_date nulls last, golden_id nulls last
        ) as age_rank
    from claims
    where claim_rank = 1
),

minted as (
    select
        clustered.founder,
        '{{ letter }}-' || substr(md5(clustered.record_key), 1, 16) as golden_id,
        '{{ letter }}-'
        || substr(md5(clustered.record_key || '@' || cast(parameters.business_date as string)), 1, 16)
            as second_golden_id
    from clustered
    cross join parameters
    where clustered.precedence = clustered.founder
),

named as (
    select
        minted.founder,
        case
            when carried.golden_id is not null then carried.golden_id
            when prior_ids.golden_id is null then minted.golden_id
            else minted.second_golden_id
        end as golden_id
    from minted
    left join carried on minted.founder = carried.founder and carried.age_rank = 1
    left join prior_ids on minted.golden_id = prior_ids.golden_id
),

final as (
    select
        clustered.namespace,
        clustered.source_key,
        named.golden_id,
        clustered.match_rule,
        cast(1 as double) as match_score,
        row_number() over (
            partition by clustered.founder order by clustered.precedence nulls last
        ) as survivorship_rank
    from clustered
    inner join named on clustered.founder = named.founder
)

select * from final
{%- endmacro %}


{#- Survivorship of one attribute: the first value that is not null, by the trust in its system. -#}
{% macro surviving(column) -%}
    min_by({{ column }}, survivorship_rank) filter (where {{ column }} is not null)
{%- endmacro %}

with stated as (
    select * from {{ ref('int_attribute_values') }}
),

records as (
    select * from {{ ref('int_golden_records') }}
),

rules as (
    select * from {{ source('night', 'survivorship') }}
),

systems as (
    select * from {{ source('night', 'survivorship_systems') }}
),

stated_units as (
    select * from stated
    where object_type = 'product' and attribute = 'base_unit_code' and not is_alone
),

ranked_units as (
    {{ ranked_values('stated_units') }}
),

units as (
    select
        golden_id,
        value as unit_code
    from ranked_units
    where value_rank = 1
),

-- what a case costs is not what a piece costs: amounts of another base unit do not compete
comparable as (
    select
        stated.object_type,
        stated.golden_id,
        stated.attribute,
        stated.value,
        stated.stated_by,
        stated.survivorship_rank
    from stated
    left join units on stated.golden_id = units.golden_id and stated.unit_code <> units.unit_code
    where not stated.is_alone and units.golden_id is null
),

-- most attributes have one value, whoever states it: only what is contested is ranked
grouped as (
    select
        object_type,
        golden_id,
        attribute,
        min(value) as value,
        max(value) as greatest_value,
        max(stated_by) as stated_by,
        min(survivorship_rank) as survivorship_rank
    from comparable
    group by object_type, golden_id, attribute
),

contested as (
    select comparable.*
    from comparable
    inner join grouped
        on
            comparable.golden_id = grouped.golden_id
            and comparable.attribute = grouped.attribute
    where grouped.value <> grouped.greatest_value
),

ranked as (
    {{ ranked_values('contested') }}
),

survivors as (
    select * from ranked
    where value_rank = 1
),

others as (
    select ranked.*
    from ranked
    inner join survivors
        on ranked.golden_id = survivors.golden_id and ranked.attribute = survivors.attribute
    where ranked.value <> survivors.value
),

losing as (
    select
        others.golden_id,
        others.attribute,
        '[' || {{ joined_sorted(value_as_json('others.value', 'records')) }} || ']'
            as losing_values,
        min(others.value_rank) as best_rank
    from others
    inner join records
        on
            others.golden_id = records.golden_id
            and others.survivorship_rank = records.survivorship_rank
    group by others.golden_id, others.attribute
),

-- the rule that decided is the first that tells the survivor from the best of the others
decided as (
    select
        survivors.object_type,
        survivors.golden_id,
        survivors.attribute,
        survivors.value,
        survivors.stated_by,
        survivors.survivorship_rank,
        case
            {%- for number in range(1, 5) %}
                when {{ differ('survivors.key_' ~ number, 'best.key_' ~ number) }}
                    then survivors.rule_{{ number }}
            {%- endfor %}
            else 'source_priority'
        end as rule,
        losing.losing_values
    from survivors
    inner join losing
        on survivors.golden_id = losing.golden_id and survivors.attribute = losing.attribute
    inner join others as best
        on
            losing.golden_id = best.golden_id
            and losing.attribute = best.attribute
            and losing.best_rank = best.value_rank
),

found as (
    select * from decided
    union all
    select
        object_type,
        golden_id,
        attribute,
        value,
        stated_by,
        survivorship_rank,
        'only_value' as rule,
        cast(null as string) as losing_values
    from grouped
    where value = greatest_value
),

settled as (
    select
        found.object_type,
        found.golden_id,
        found.attribute,
        found.value,
        records.namespace,
        records.source_key,
        records.file_sha256,
        records.record_number,
        found.stated_by,
        found.rule,
        found.losing_values
    from found
    inner join records
        on
            found.golden_id = records.golden_id
            and found.survivorship_rank = records.survivorship_rank
    union all
    select
        object_type,
        golden_id,
        attribute,
        value,
        namespace,
        source_key,
        file_sha256,
        record_number,
        stated_by,
        'only_value' as rule,
        cast(null as string) as losing_values
    from stated
    where is_alone
),

final as (
    select
        object_type,
        golden_id,
        attribute,
        value,
        namespace,
        source_key,
        case when stated_by is null then file_sha256 end as file_sha256,
        case when stated_by is null then record_number end as record_number,
        coalesce(stated_by, rule) as rule,
        losing_values
    from settled
)

select * from final

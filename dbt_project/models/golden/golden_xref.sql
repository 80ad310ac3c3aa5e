with tonight as (
    select
        object_type,
        namespace,
        source_key,
        golden_id,
        match_rule,
        match_score
    from {{ source('golden', 'int_records_matched') }}
),

{{ carry_history(
    tonight='tonight',
    prior=source('prior', 'golden_xref'),
    key=['object_type', 'namespace', 'source_key'],
    values=['golden_id'],
    told=['match_rule', 'match_score'],
) }},

final as (
    select * from history
)

select * from final

with source as (
    select * from {{ source('raw', 'external_signals') }}
),

final as (
    select
        lower(trim(signal_name)) as signal_name,
        subject_type,
        trim(subject_key) as subject_key,
        signal_value,
        value_date,
        published_at,
        {{ blank_as_null('source_name') }} as source_name,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

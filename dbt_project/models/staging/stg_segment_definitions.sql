with source as (
    select * from {{ source('raw', 'segment_definitions') }}
),

-- how a text is broken into lines says nothing
final as (
    select
        segment_code,
        trim(regexp_replace(title, '\s+', ' ', 'g')) as title,
        trim(regexp_replace(definition, '\s+', ' ', 'g')) as definition,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

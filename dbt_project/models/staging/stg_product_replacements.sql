with source as (
    select * from {{ source('raw', 'product_replacements') }}
),

final as (
    select
        product_id,
        successor_id,
        coalesce(valid_from, {{ since_ever() }}) as valid_from,
        coalesce(share_rate, 1) as share_rate,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

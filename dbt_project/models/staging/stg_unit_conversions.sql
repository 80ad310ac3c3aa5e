with source as (
    select * from {{ source('raw', 'unit_conversions') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        source.product_id,
        codes.unit_code,
        to_codes.unit_code as to_unit_code,
        source.numerator,
        source.denominator,
        source.valid_from,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
    left join codes as to_codes
        on source._system = to_codes.system and source.to_unit_code = to_codes.delivered_code
)

select * from final

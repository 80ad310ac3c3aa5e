with source as (
    select * from {{ source('raw', 'inventory_snapshots') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        site_id,
        storage_location_id,
        product_id,
        snapshot_date,
        on_hand_units,
        codes.unit_code,
        _system,
        _namespace,
        _file,
        _record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

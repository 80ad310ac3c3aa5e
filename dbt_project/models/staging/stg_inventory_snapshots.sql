with source as (
    select * from {{ source('raw', 'inventory_snapshots') }}
),

codes as (
    select * from {{ source('golden', 'int_unit_codes_resolved') }}
),

final as (
    select
        source.site_id,
        source.storage_location_id,
        source.product_id,
        source.snapshot_date,
        source.on_hand_units,
        codes.unit_code,
        source._system,
        source._namespace,
        source._file,
        source._record
    from source
    left join codes
        on source._system = codes.system and source.unit_code = codes.delivered_code
)

select * from final

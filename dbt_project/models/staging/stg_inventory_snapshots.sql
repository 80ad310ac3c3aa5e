with source as (
    select * from {{ source('raw', 'inventory_snapshots') }}
),

final as (
    select
        site_id,
        storage_location_id,
        product_id,
        snapshot_date,
        on_hand_units,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

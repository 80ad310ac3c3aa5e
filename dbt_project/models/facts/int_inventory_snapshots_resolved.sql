with inventory_snapshots as (
    select * from {{ ref('stg_inventory_snapshots') }}
),

products as (
    {{ open_crosswalk('product') }}
),

sites as (
    {{ open_crosswalk('site') }}
),

units as (
    select * from {{ ref('int_product_units') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

final as (
    select
        inventory_snapshots._namespace as namespace,
        inventory_snapshots.site_id as source_site_id,
        sites.golden_id as site_id,
        products.golden_id as product_id,
        inventory_snapshots.snapshot_date,
        -- a sum would pass over a count without a factor: no sum, then, and the test fails
        case
            when count(units.numerator) = count(*) then {{ amount('sum(' ~ in_base_units(
                'inventory_snapshots.on_hand_units', 'units.numerator', 'units.denominator',
            ) ~ ')') }}
        end as on_hand_units
    from inventory_snapshots
    cross join parameters
    left join products
        on
            inventory_snapshots._namespace = products.namespace
            and inventory_snapshots.product_id = products.source_key
    left join sites
        on
            inventory_snapshots._namespace = sites.namespace
            and inventory_snapshots.site_id = sites.source_key
    left join units
        on
            {{ unit_of(
                'units', 'inventory_snapshots._namespace', 'inventory_snapshots.product_id',
                'inventory_snapshots.unit_code', 'inventory_snapshots.snapshot_date',
            ) }}
    where inventory_snapshots.snapshot_date <= parameters.business_date
    group by
        inventory_snapshots._namespace,
        inventory_snapshots.site_id,
        sites.golden_id,
        products.golden_id,
        inventory_snapshots.snapshot_date
)

select * from final

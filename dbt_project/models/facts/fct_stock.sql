with product_sites as (
    select * from {{ ref('int_product_site') }}
),

inventory_snapshots as (
    select * from {{ ref('int_inventory_snapshots_resolved') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

golden_products as (
    select * from {{ ref('golden_product') }}
),

-- each source counts its sites on its own days
latest_counts as (
    select
        namespace,
        source_site_id,
        site_id,
        max(snapshot_date) as snapshot_date
    from inventory_snapshots
    group by namespace, source_site_id, site_id
),

site_counts as (
    select
        site_id,
        max(snapshot_date) as snapshot_date
    from latest_counts
    group by site_id
),

on_hand as (
    select
        inventory_snapshots.product_id,
        inventory_snapshots.site_id,
        sum(inventory_snapshots.on_hand_units) as on_hand_units
    from inventory_snapshots
    inner join latest_counts
        on
            inventory_snapshots.namespace = latest_counts.namespace
            and inventory_snapshots.source_site_id = latest_counts.source_site_id
            and inventory_snapshots.snapshot_date = latest_counts.snapshot_date
    group by inventory_snapshots.product_id, inventory_snapshots.site_id
),

on_order as (
    select
        product_id,
        site_id,
        sum(open_units) as on_order_units
    from purchase_order_lines
    group by product_id, site_id
),

stocked as (
    select
        product_sites.product_id,
        product_sites.site_id,
        site_counts.snapshot_date,
        {{ amount('coalesce(on_hand.on_hand_units, 0)') }} as on_hand_units,
        {{ amount('coalesce(on_order.on_order_units, 0)') }} as on_order_units,
        golden_products.standard_cost_amount as unit_cost_amount
    from product_sites
    left join site_counts on product_sites.site_id = site_counts.site_id
    left join on_hand
        on
            product_sites.product_id = on_hand.product_id
            and product_sites.site_id = on_hand.site_id
    left join on_order
        on
            product_sites.product_id = on_order.product_id
            and product_sites.site_id = on_order.site_id
    left join golden_products on product_sites.product_id = golden_products.product_id
),

final as (
    select
        product_id,
        site_id,
        snapshot_date,
        on_hand_units,
        on_order_units,
        unit_cost_amount,
        case
            when on_hand_units = 0 then {{ amount('0') }}
            else {{ amount(factor('on_hand_units') ~ ' * unit_cost_amount') }}
        end as stock_value_amount
    from stocked
)

select * from final

with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

inventory_snapshots as (
    select * from {{ ref('int_inventory_snapshots_resolved') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

final as (
    select
        order_lines.product_id,
        order_lines.site_id
    from order_lines
    cross join parameters
    where order_lines.order_date <= parameters.business_date
    union
    select
        product_id,
        site_id
    from inventory_snapshots
    union
    select
        product_id,
        site_id
    from purchase_order_lines
)

select * from final

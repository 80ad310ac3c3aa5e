with purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

final as (
    select
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id,
        {{ amount('sum(purchase_order_lines.ordered_units)') }} as ordered_units
    from purchase_order_lines
    cross join parameters
    where
        not purchase_order_lines.is_cancelled
        and purchase_order_lines.order_date > {{ months_before('parameters.business_date', 12) }}
    group by
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id
)

select * from final

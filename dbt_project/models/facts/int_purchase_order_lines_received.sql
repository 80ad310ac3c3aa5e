with purchase_order_lines as (
    select * from {{ ref('stg_purchase_order_lines') }}
),

receipts as (
    select * from {{ ref('stg_receipts') }}
),

products as (
    {{ open_crosswalk('product') }}
),

sites as (
    {{ open_crosswalk('site') }}
),

suppliers as (
    {{ open_crosswalk('supplier') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

received as (
    select
        receipts._namespace,
        receipts.purchase_order_id,
        receipts.line_number,
        sum(receipts.received_units - coalesce(receipts.rejected_units, 0)) as accepted_units
    from receipts
    cross join parameters
    where receipts.receipt_date <= parameters.business_date
    group by receipts._namespace, receipts.purchase_order_id, receipts.line_number
),

final as (
    select
        purchase_order_lines.record_key as purchase_order_line_id,
        purchase_order_lines._namespace as namespace,
        purchase_order_lines.purchase_order_id,
        purchase_order_lines.line_number,
        suppliers.golden_id as supplier_id,
        products.golden_id as product_id,
        sites.golden_id as site_id,
        purchase_order_lines.order_date,
        purchase_order_lines.due_date,
        purchase_order_lines.is_cancelled,
        purchase_order_lines.ordered_units,
        {{ amount('coalesce(received.accepted_units, 0)') }} as accepted_units,
        case
            when purchase_order_lines.is_cancelled then {{ amount('0') }}
            else {{ amount(
                'greatest(purchase_order_lines.ordered_units - coalesce(received.accepted_units, 0), 0)'
            ) }}
        end as open_units
    from purchase_order_lines
    cross join parameters
    left join suppliers
        on
            purchase_order_lines._namespace = suppliers.namespace
            and purchase_order_lines.supplier_id = suppliers.source_key
    left join products
        on
            purchase_order_lines._namespace = products.namespace
            and purchase_order_lines.product_id = products.source_key
    left join sites
        on
            purchase_order_lines._namespace = sites.namespace
            and purchase_order_lines.site_id = sites.source_key
    left join received
        on
            purchase_order_lines._namespace = received._namespace
            and purchase_order_lines.purchase_order_id = received.purchase_order_id
            and purchase_order_lines.line_number = received.line_number
    where purchase_order_lines.order_date <= parameters.business_date
)

select * from final

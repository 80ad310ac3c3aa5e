with matched as (
    select
        *,
        count(*) over (partition by golden_id) as record_count
    from {{ source('golden', 'int_records_matched') }}
),

customers as (
    select * from {{ ref('stg_customers') }}
),

products as (
    select * from {{ ref('stg_products') }}
),

sites as (
    select * from {{ ref('stg_sites') }}
),

suppliers as (
    select * from {{ ref('stg_suppliers') }}
),

final as (
    {{ golden_records(
        'customer', 'customers', 'customer_id',
        'coalesce(customers.changed_date, customers.created_date)'
    ) }}
    union all
    {{ golden_records('product', 'products', 'product_id', 'products.changed_date') }}
    union all
    {{ golden_records('site', 'sites', 'site_id', 'sites.changed_date') }}
    union all
    {{ golden_records('supplier', 'suppliers', 'supplier_id', 'suppliers.changed_date') }}
)

select * from final

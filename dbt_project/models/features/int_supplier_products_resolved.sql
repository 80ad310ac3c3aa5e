with supplier_products as (
    select * from {{ ref('stg_supplier_products') }}
),

products as (
    {{ open_crosswalk('product') }}
),

suppliers as (
    {{ open_crosswalk('supplier') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

units as (
    select * from {{ ref('int_product_units') }}
),

systems as (
    select * from {{ source('night', 'systems') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

ranked as (
    select
        products.golden_id as product_id,
        suppliers.golden_id as supplier_id,
        coalesce(supplier_products.is_preferred, false) as is_preferred,
        supplier_products.planned_lead_time_days,
        {{ in_base_units(
            'supplier_products.minimum_order_units', 'units.numerator', 'units.denominator',
        ) }} as minimum_order_units,
        {{ in_base_units(
            'supplier_products.order_multiple_units', 'units.numerator', 'units.denominator',
        ) }} as order_multiple_units,
        -- a price per record's unit, so the fraction is turned over
        {{ in_base_units(
            'supplier_products.purchase_price_amount * rates.rate_to_reporting',
            'units.denominator',
            'units.numerator',
        ) }} as purchase_price_amount,
        {{ in_force('parameters.business_date', 'supplier_products') }} as is_in_force,
        row_number() over (
            partition by products.golden_id, suppliers.golden_id
            order by
                case
                    when {{ in_force('parameters.business_date', 'supplier_products') }} then 1
                    else 2
                end nulls last,
                case when supplier_products.is_preferred then 1 else 2 end nulls last,
                systems.priority nulls last,
                supplier_products._namespace nulls last,
                supplier_products.supplier_id nulls last,
                supplier_products.product_id nulls last
        ) as terms_rank
    from supplier_products
    cross join parameters
    left join products
        on
            supplier_products._namespace = products.namespace
            and supplier_products.product_id = products.source_key
    left join suppliers
        on
            supplier_products._namespace = suppliers.namespace
            and supplier_products.supplier_id = suppliers.source_key
    left join units
        on
            {{ unit_of(
                'units', 'supplier_products._namespace', 'supplier_products.product_id',
                'null', 'parameters.business_date',
            ) }}
    left join systems on supplier_products._system = systems.system
    left join rates
        on
            supplier_products.currency_code = rates.currency_code
            and parameters.business_date = rates.stated_date
),

final as (
    select
        product_id,
        supplier_id,
        is_preferred,
        is_in_force,
        planned_lead_time_days,
        minimum_order_units,
        order_multiple_units,
        purchase_price_amount
    from ranked
    where terms_rank = 1
)

select * from final

with matched as (
    select * from {{ ref('int_golden_records') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

settings as (
    select * from {{ source('night', 'site_settings') }}
),

customers as (
    select * from {{ ref('stg_customers') }}
),

-- each record's amounts are converted before one record's survive: currencies do not mix
products as (
    select
        delivered.*,
        {{ amount('delivered.standard_cost_amount * rates.rate_to_reporting') }}
            as reporting_cost_amount,
        {{ amount('delivered.list_price_amount * rates.rate_to_reporting') }}
            as reporting_price_amount
    from {{ ref('stg_products') }} as delivered
    cross join parameters
    left join rates
        on
            delivered.currency_code = rates.currency_code
            and parameters.business_date = rates.stated_date
),

sites as (
    select
        delivered.*,
        coalesce(settings.time_zone, delivered.time_zone) as stated_time_zone,
        settings.time_zone is not null as is_zone_stated
    from {{ ref('stg_sites') }} as delivered
    left join settings
        on delivered._namespace = settings.namespace and delivered.site_id = settings.site_key
),

suppliers as (
    select * from {{ ref('stg_suppliers') }}
),

stated as (
    {{ attribute_values('customer', 'customers', 'customer_id') }}
    union all
    {{ attribute_values('product', 'products', 'product_id', {
        'standard_cost_amount': 'reporting_cost_amount',
        'list_price_amount': 'reporting_price_amount',
    }) }}
    union all
    {{ attribute_values('site', 'sites', 'site_id', {'time_zone': 'stated_time_zone'}) }}
    union all
    {{ attribute_values('supplier', 'suppliers', 'supplier_id') }}
),

final as (
    select * from stated
    where value is not null
)

select * from final

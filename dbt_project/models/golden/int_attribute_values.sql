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

decided as (
    select decisions.*
    from {{ source('control', 'attribute_decisions') }} as decisions
    cross join parameters
    where decisions.valid_to is null or parameters.business_date < decisions.valid_to
),

-- what somebody has stated stands beside what the most trusted record says
final as (
    select
        stated.object_type,
        stated.golden_id,
        stated.attribute,
        stated.value,
        stated.unit_code,
        stated.stated_by,
        stated.survivorship_rank,
        stated.is_alone and decided.golden_id is null as is_alone,
        stated.namespace,
        stated.source_key,
        stated.file_sha256,
        stated.record_number
    from stated
    left join decided
        on stated.golden_id = decided.golden_id and stated.attribute = decided.attribute
    where stated.value is not null
    union all
    select
        decided.object_type,
        decided.golden_id,
        decided.attribute,
        decided.value,
        cast(null as string) as unit_code,
        'steward' as stated_by,
        matched.survivorship_rank,
        false as is_alone,
        matched.namespace,
        matched.source_key,
        matched.file_sha256,
        matched.record_number
    from decided
    inner join matched
        on decided.golden_id = matched.golden_id and matched.survivorship_rank = 1
)

select * from final

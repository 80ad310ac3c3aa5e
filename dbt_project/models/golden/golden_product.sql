with products as (
    select * from {{ ref('stg_products') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'product'
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

base_units as (
    select
        matched.golden_id,
        min_by(products.base_unit_code, matched.survivorship_rank)
        filter (where products.base_unit_code is not null) as golden_unit_code
    from products
    inner join matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    group by matched.golden_id
),

-- each record's amounts are converted before one record's survive: currencies do not mix, and the
-- cost of a case is none of a piece
records as (
    select
        products.*,
        matched.golden_id,
        matched.survivorship_rank,
        case
            when coalesce(products.base_unit_code <> base_units.golden_unit_code, false) then null
            else {{ amount('products.standard_cost_amount * rates.rate_to_reporting') }}
        end as reporting_cost_amount,
        case
            when coalesce(products.base_unit_code <> base_units.golden_unit_code, false) then null
            else {{ amount('products.list_price_amount * rates.rate_to_reporting') }}
        end as reporting_price_amount
    from products
    inner join matched
        on products._namespace = matched.namespace and products.product_id = matched.source_key
    inner join base_units on matched.golden_id = base_units.golden_id
    cross join parameters
    left join rates
        on
            products.currency_code = rates.currency_code
            and parameters.business_date = rates.stated_date
),

golden as (
    select
        golden_id as product_id,
        min_by(product_id, survivorship_rank) as product_code,
        {{ surviving('product_name') }} as product_name,
        {{ surviving('gtin') }} as gtin,
        {{ surviving('manufacturer_part_number') }} as manufacturer_part_number,
        {{ surviving('manufacturer_name') }} as manufacturer_name,
        {{ surviving('hierarchy_node_id') }} as hierarchy_node_id,
        {{ surviving('product_line') }} as product_line,
        {{ surviving('base_unit_code') }} as base_unit_code,
        {{ surviving('reporting_cost_amount') }} as standard_cost_amount,
        {{ surviving('reporting_price_amount') }} as list_price_amount,
        {{ surviving('launch_date') }} as launch_date,
        {{ surviving('discontinued_date') }} as discontinued_date,
        min_by(_namespace, survivorship_rank) as leading_namespace,
        min_by(product_id, survivorship_rank) as leading_source_key,
        cast(count(*) as integer) as source_count
    from records
    group by golden_id
),

final as (
    select
        golden.*,
        coalesce(golden.launch_date <= parameters.business_date, true)
        and coalesce(golden.discontinued_date > parameters.business_date, true) as is_active
    from golden
    cross join parameters
)

select * from final

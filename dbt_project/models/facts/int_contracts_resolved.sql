with contracts as (
    select * from {{ ref('stg_contracts') }}
),

customers as (
    {{ open_crosswalk('customer') }}
),

products as (
    {{ open_crosswalk('product') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

final as (
    select
        contracts.record_key as contract_line_id,
        contracts.contract_id,
        customers.golden_id as customer_id,
        products.golden_id as product_id,
        contracts._namespace as node_namespace,
        contracts.hierarchy_node_id,
        contracts.promised_lead_time_days,
        contracts.promised_lead_time_business_days,
        contracts.service_measure,
        contracts.promised_service_rate,
        contracts.penalty_rate,
        contracts.valid_from,
        contracts.valid_to,
        {{ in_force('parameters.business_date', 'contracts') }} as is_in_force
    from contracts
    cross join parameters
    left join customers
        on
            contracts._namespace = customers.namespace
            and contracts.customer_id = customers.source_key
    left join products
        on
            contracts._namespace = products.namespace
            and contracts.product_id = products.source_key
)

select * from final

with source as (
    select * from {{ source('raw', 'contracts') }}
),

final as (
    select
        {{ record_key('contract_id', 'line_number') }} as record_key,
        contract_id,
        line_number,
        customer_id,
        product_id,
        case when product_id is null then {{ blank_as_null('hierarchy_node_id') }} end
            as hierarchy_node_id,
        promised_lead_time_days,
        promised_lead_time_business_days,
        service_measure,
        promised_service_rate,
        penalty_rate,
        valid_from,
        valid_to,
        _system,
        _namespace,
        _file,
        _record
    from source
)

select * from final

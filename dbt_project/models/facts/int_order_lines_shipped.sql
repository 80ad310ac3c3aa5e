with shipment_lines as (
    select * from {{ ref('stg_shipment_lines') }}
),

units as (
    select * from {{ ref('int_product_units') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

shipped as (
    select
        shipment_lines.order_line_id,
        shipment_lines.shipped_date,
        {{ in_base_units(
            'shipment_lines.shipped_units', 'units.numerator', 'units.denominator',
        ) }} as base_units
    from shipment_lines
    cross join parameters
    left join units
        on
            {{ unit_of(
                'units', 'shipment_lines._namespace', 'shipment_lines.product_id',
                'shipment_lines.unit_code', 'shipment_lines.shipped_date',
            ) }}
    where
        shipment_lines.order_line_id is not null
        and shipment_lines.transaction_type <> 'transfer'
        and shipment_lines.shipped_date <= parameters.business_date
),

-- a sum would pass over a shipment without a factor: no sum, then, and the test fails
final as (
    select
        order_line_id,
        min(shipped_date) as first_shipped_date,
        max(shipped_date) as last_shipped_date,
        case when count(base_units) = count(*) then {{ amount('sum(base_units)') }} end
            as shipped_units
    from shipped
    group by order_line_id
)

select * from final

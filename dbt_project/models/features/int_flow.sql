with lines as (
    select * from {{ ref('int_unit_lines') }}
),

final as (
    select distinct
        site_id,
        customer_id,
        sales_channel_id
    from lines
)

select * from final

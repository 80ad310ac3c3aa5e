with legs as (
    select * from {{ ref('stg_transport_legs') }}
),

shipment_lines as (
    select * from {{ ref('stg_shipment_lines') }}
),

order_lines as (
    select * from {{ ref('fct_order_line') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

valued as (
    select
        legs.leg_key,
        legs.leg_date,
        legs.is_premium,
        legs._namespace as namespace,
        legs.shipment_id,
        legs.order_id,
        legs.order_line_id,
        {{ amount('legs.freight_amount * rates.rate_to_reporting') }} as leg_amount
    from legs
    left join rates
        on legs.currency_code = rates.currency_code and legs.leg_date = rates.stated_date
),

-- the narrowest that is named decides: one line, a delivery, an order
of_one_line as (
    select
        valued.leg_key,
        order_lines.order_line_id,
        order_lines.revenue_amount
    from valued
    inner join order_lines on valued.order_line_id = order_lines.order_line_id
),

shipped as (
    select distinct
        _namespace as namespace,
        shipment_id,
        order_line_id
    from shipment_lines
    where transaction_type <> 'transfer'
),

of_a_delivery as (
    select
        valued.leg_key,
        order_lines.order_line_id,
        order_lines.revenue_amount
    from valued
    inner join shipped
        on valued.namespace = shipped.namespace and valued.shipment_id = shipped.shipment_id
    inner join order_lines on shipped.order_line_id = order_lines.order_line_id
    where valued.order_line_id is null
),

of_an_order as (
    select
        valued.leg_key,
        order_lines.order_line_id,
        order_lines.revenue_amount
    from valued
    inner join order_lines
        on valued.namespace = order_lines.namespace and valued.order_id = order_lines.order_id
    where
        valued.order_line_id is null
        and not order_lines.is_cancelled
        and valued.leg_key not in (select of_a_delivery.leg_key from of_a_delivery)
),

carried as (
    select * from of_one_line
    union all
    select * from of_a_delivery
    union all
    select * from of_an_order
),

-- by the value of the goods; where none has any, line by line
weighed as (
    select
        leg_key,
        order_line_id,
        case
            when max(abs(revenue_amount)) over (partition by leg_key) > 0
                then cast(abs(revenue_amount) * 10000 as bigint)
            else 1
        end as parts
    from carried
),

running as (
    select
        leg_key,
        order_line_id,
        parts,
        sum(parts) over (
            partition by leg_key order by order_line_id nulls last
            rows between unbounded preceding and current row
        ) as parts_up_to,
        row_number() over (
            partition by leg_key order by order_line_id nulls last
        ) as line_rank,
        sum(parts) over (partition by leg_key) as all_parts
    from weighed
),

final as (
    select
        valued.leg_key,
        running.order_line_id,
        valued.leg_date,
        valued.is_premium,
        coalesce(running.line_rank = 1, false) as is_first,
        case
            when running.leg_key is null then valued.leg_amount
            else
                {{ amount(
                    share_up_to('valued.leg_amount', 'running.parts_up_to', 'running.all_parts')
                    ~ ' - '
                    ~ share_up_to(
                        'valued.leg_amount', '(running.parts_up_to - running.parts)',
                        'running.all_parts',
                    )
                ) }}
        end as freight_amount
    from valued
    left join running on valued.leg_key = running.leg_key
)

select * from final

with costed as (
    select * from {{ ref('feat_cost_to_serve') }}
),

-- a line whose list price nobody knows stands at what was invoiced
served as (
    select
        customer_id,
        count(*) as line_count,
        sum(coalesce(list_amount, revenue_amount)) as list_amount,
        sum(coalesce(discount_amount, 0)) as discount_amount,
        sum(revenue_amount) as revenue_amount,
        sum(rebate_amount) as rebate_amount,
        sum(order_processing_amount) as order_processing_amount,
        sum(handling_amount) as handling_amount,
        sum(returns_handling_amount) as returns_handling_amount,
        sum(freight_amount) as freight_amount,
        sum(credit_amount) as credit_amount,
        sum(special_handling_amount) as special_handling_amount,
        sum(dedicated_stock_amount) as dedicated_stock_amount,
        sum(premium_freight_amount) as premium_freight_amount,
        sum(cost_to_serve_amount) as cost_to_serve_amount,
        sum(cost_of_goods_amount) as cost_of_goods_amount,
        case
            when count(pocket_margin_amount) = count(*) then sum(pocket_margin_amount)
        end as pocket_margin_amount
    from costed
    group by customer_id
),

ranked as (
    {{ whale('served', 'pocket_margin_amount', 'customer_id') }}
),

peak as (
    select max(cumulated_amount) as peak_amount from ranked
),

-- the first customer at the height of the curve: further ones add nothing, then take away
at_peak as (
    select min(ranked.whale_position) as whale_position
    from ranked
    inner join peak on ranked.cumulated_amount = peak.peak_amount
),

final as (
    select
        ranked.customer_id,
        cast(ranked.whale_position as bigint) as position_count,
        {{ published_float(
            'cast(ranked.whale_position as double) / cast(ranked.whale_count as double)'
        ) }} as customer_share_rate,
        cast(ranked.line_count as bigint) as costed_line_count,
        {% for element in [
            'list', 'discount', 'revenue', 'rebate', 'order_processing', 'handling',
            'returns_handling', 'freight', 'credit', 'special_handling', 'dedicated_stock',
            'premium_freight', 'cost_to_serve', 'cost_of_goods', 'pocket_margin',
        ] -%}
            {{ amount('ranked.' ~ element ~ '_amount') }} as {{ element }}_amount,
        {% endfor -%}
        ranked.cumulated_amount as cumulated_pocket_margin_amount,
        case
            when ranked.total_amount > 0
                then {{ published_float(
                    'cast(ranked.cumulated_amount as double) / cast(ranked.total_amount as double)'
                ) }}
        end as cumulated_ratio,
        ranked.whale_position = at_peak.whale_position as is_peak
    from ranked
    cross join at_peak
)

select * from final

{% set elements = [
    'order_processing', 'handling', 'returns_handling', 'freight', 'credit', 'special_handling',
    'dedicated_stock', 'premium_freight',
] %}
with lines as (
    select * from {{ ref('feat_cost_to_serve') }}
),

owners as (
    select * from {{ ref('int_customer_order_lines') }}
),

owned as (
    {{ owned_lines() }}
),

costed as (
    {{ costed_by_owner(['list', 'revenue', 'rebate', 'cost_of_goods'] + elements) }}
),

-- a line whose list price nobody knows stands at what was invoiced
added as (
    select
        customer_id,
        sum(line_count) as line_count,
        sum(coalesce(list_amount, revenue_amount)) as list_amount,
        sum(revenue_amount) as revenue_amount,
        sum(rebate_amount) as rebate_amount,
        {% for element in elements -%}
            sum({{ element }}_amount) as {{ element }}_amount,
        {% endfor -%}
        case
            when count(cost_of_goods_amount) = count(*) then sum(cost_of_goods_amount)
        end as cost_of_goods_amount
    from costed
    group by customer_id
),

spent as (
    select
        *,
        order_processing_amount + handling_amount + returns_handling_amount + freight_amount
        + credit_amount + special_handling_amount + dedicated_stock_amount
        + premium_freight_amount as cost_to_serve_amount
    from added
),

served as (
    select
        *,
        list_amount - revenue_amount as discount_amount,
        revenue_amount - rebate_amount - cost_to_serve_amount - cost_of_goods_amount
            as pocket_margin_amount
    from spent
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
        {% for element in (
            ['list', 'discount', 'revenue', 'rebate'] + elements
            + ['cost_to_serve', 'cost_of_goods', 'pocket_margin']
        ) -%}
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

{#- CTE body, over `relation`: the rows whose margin is known, the most profitable first, with
    whale_position (1, 2, …), cumulated_amount up to it, total_amount and whale_count of all. -#}
{% macro whale(relation, margin, key) -%}
    select
        *,
        row_number() over (
            order by {{ margin }} desc nulls last, {{ key }} nulls last
        ) as whale_position,
        {{ amount(
            'sum(' ~ margin ~ ') over (order by ' ~ margin ~ ' desc nulls last, ' ~ key
            ~ ' nulls last rows between unbounded preceding and current row)'
        ) }} as cumulated_amount,
        {{ amount('sum(' ~ margin ~ ') over ()') }} as total_amount,
        count(*) over () as whale_count
    from {{ relation }}
    where {{ margin }} is not null
{%- endmacro %}


{#- CTE bodies, beside `lines` (feat_cost_to_serve) and `owners` (int_customer_order_lines): the
    amounts of each line by customer whose it is, or a part of it. -#}
{% macro owned_lines() -%}
    select
        lines.*,
        owners.customer_id as owner_id,
        owners.line_count,
        owners.low_rate,
        owners.high_rate
    from lines
    inner join owners on lines.order_line_id = owners.order_line_id
{%- endmacro %}


{% macro costed_by_owner(elements) -%}
    select
        owner_id as customer_id,
        line_count,
        cost_grade,
        {% for element in elements -%}
            {{ amount(share_of(element ~ '_amount')) }} as {{ element }}_amount
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from owned
{%- endmacro %}


{#- CTE body, beside `costed`: order lines of feat_cost_to_serve added up by unit, at standard
    service. -#}
{% macro served_at_standard(keys, lines='count(revenue_amount)') -%}
    select
        {{ keys | join(', ') }},
        {{ lines }} as costed_line_count,
        sum(revenue_amount) as revenue_amount,
        sum(standard_cost_to_serve_amount) as standard_cost_to_serve_amount,
        case
            when count(cost_of_goods_amount) = count(*)
                then sum(
                    revenue_amount - rebate_amount - standard_cost_to_serve_amount
                    - cost_of_goods_amount
                )
        end as standard_pocket_margin_amount,
        max(
            case cost_grade
                when 'missing' then 5 when 'estimated' then 4 when 'allocated' then 3
                when 'standard' then 2 else 1
            end
        ) as worst_grade
    from costed
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#- The columns of a unit's features, beside `served` and `ranked`. -#}
{% macro served_features() -%}
    cast(coalesce(served.costed_line_count, 0) as bigint) as costed_line_count,
    {{ amount('served.standard_cost_to_serve_amount') }} as standard_cost_to_serve_amount,
    {{ amount('served.standard_pocket_margin_amount') }} as standard_pocket_margin_amount,
    case
        when served.revenue_amount > 0
            then {{ published_float(
                'cast(served.standard_cost_to_serve_amount as double)'
                ~ ' / cast(served.revenue_amount as double)'
            ) }}
    end as standard_cost_to_serve_ratio,
    {{ published_float(
        'cast(ranked.whale_position as double) / cast(ranked.whale_count as double)'
    ) }} as whale_position_rate,
    case
        when ranked.total_amount > 0
            then {{ published_float(
                'cast(ranked.cumulated_amount as double) / cast(ranked.total_amount as double)'
            ) }}
    end as whale_cumulated_ratio,
    case served.worst_grade
        when 5 then 'missing'
        when 4 then 'estimated'
        when 3 then 'allocated'
        when 2 then 'standard'
        when 1 then 'actual'
    end as pocket_margin_grade
{%- endmacro %}

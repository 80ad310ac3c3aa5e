{#- Select list over lines of int_order_line_margins: revenue, cost and what the cost may be, and the
    value that each grade of cost stands behind. A return is a line like another: its value counts
    without its sign. -#}
{% macro margin_quality_sums() -%}
    sum(revenue_amount) as revenue_amount,
        sum(cost_amount) as cost_amount,
        sum(low_cost_amount) as low_cost_amount,
        sum(high_cost_amount) as high_cost_amount,
        sum(abs(revenue_amount)) as value_amount,
        {% for grade in ('actual', 'standard', 'allocated', 'estimated') -%}
            sum(case when cost_grade = '{{ grade }}' then abs(revenue_amount) else 0 end)
                as {{ grade }}_value_amount,
        {% endfor -%}
        max(
            case cost_grade
                when 'missing' then 5
                when 'estimated' then 4
                when 'allocated' then 3
                when 'standard' then 2
                else 1
            end
        ) as worst_grade
{%- endmacro %}


{#- CTE body over such sums: the margin, its interval and its grade. The ratio by which a cost may be
    off is one for all lines of a unit, so that ends add up; where more came back than was sold, the
    ends change places. -#}
{% macro graded_margins(summed) -%}
    select
        *,
        case
            when worst_grade < 5 then {{ amount('revenue_amount - cost_amount') }}
        end as graded_margin_amount,
        case
            when worst_grade < 5
                then {{ amount('revenue_amount - greatest(low_cost_amount, high_cost_amount)') }}
        end as margin_lower_amount,
        case
            when worst_grade < 5
                then {{ amount('revenue_amount - least(low_cost_amount, high_cost_amount)') }}
        end as margin_upper_amount,
        cast(case when revenue_amount > 0 then revenue_amount end as double)
            as positive_revenue_amount,
        case worst_grade
            when 5 then 'missing'
            when 4 then 'estimated'
            when 3 then 'allocated'
            when 2 then 'standard'
            when 1 then 'actual'
        end as margin_provenance
        {%- for grade in ('actual', 'standard', 'allocated', 'estimated') %},
        {{ published_float(
            'cast(' ~ grade ~ '_value_amount as double) / nullif(cast(value_amount as double), 0)'
        ) }} as {{ grade }}_margin_rate
        {%- endfor %}
    from {{ summed }}
{%- endmacro %}

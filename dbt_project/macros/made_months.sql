{#- The CTE `final` of a table that says when each month of another was made: a month whose
    fingerprint is that of the release before keeps its day, and any other was made tonight. -#}
{% macro made_months(told, before, columns) -%}
    final as (
        select
            told.month_start_date,
            {% for column in columns -%}
            told.{{ column }},
            {% endfor -%}
            told.fingerprint,
            coalesce(before.made_date, told.business_date) as made_date
        from {{ told }} as told
        left join {{ before }} as before
            on
                told.month_start_date = before.month_start_date
                and told.fingerprint = before.fingerprint
    )
{%- endmacro %}

{#-
CTEs that carry a history from release to release: `history` has one row per key and validity,
half-open, and valid_to is null while the row holds.

    tonight   CTE with the rows that hold from the business date
    prior     relation with the history of the previous release
    key       columns that name a row
    values    columns whose change closes a row and opens the next
    told      columns that a row bears beside: as they are tonight, or were when it closed

The previous history is read as it stood before the business date, so that a night which is run
again for the same date gives the same history, and no interval is ever empty.
-#}
{% macro carry_history(tonight, prior, key, values, told=[]) -%}
{%- set columns = key + values + told -%}
parameters as (
    select business_date from {{ source('night', 'parameters') }}
),

before as (
    select
        {% for column in columns -%}
        earlier.{{ column }},
        {% endfor -%}
        earlier.valid_from,
        case when earlier.valid_to < parameters.business_date then earlier.valid_to end as valid_to
    from {{ prior }} as earlier
    cross join parameters
    where earlier.valid_from < parameters.business_date
),

unchanged as (
    select
        {% for column in key -%}
        before.{{ column }},
        {% endfor -%}
        before.valid_from
    from before
    inner join {{ tonight }}
        on
            before.valid_to is null
            {%- for column in key %}
            and before.{{ column }} = {{ tonight }}.{{ column }}
            {%- endfor %}
            {%- for column in values %}
            and before.{{ column }} is not distinct from {{ tonight }}.{{ column }}
            {%- endfor %}
),

holding as (
    select
        {% for column in columns -%}
        {{ tonight }}.{{ column }},
        {% endfor -%}
        coalesce(unchanged.valid_from, parameters.business_date) as valid_from,
        cast(null as date) as valid_to
    from {{ tonight }}
    cross join parameters
    left join unchanged
        on
            {% for column in key -%}
            {% if not loop.first %}and {% endif %}{{ tonight }}.{{ column }} = unchanged.{{ column }}
            {% endfor %}
),

ended as (
    select
        {% for column in columns -%}
        before.{{ column }},
        {% endfor -%}
        before.valid_from,
        coalesce(before.valid_to, parameters.business_date) as valid_to
    from before
    cross join parameters
    left join unchanged
        on
            before.valid_to is null
            and before.valid_from = unchanged.valid_from
            {%- for column in key %}
            and before.{{ column }} = unchanged.{{ column }}
            {%- endfor %}
    where unchanged.valid_from is null
),

history as (
    select * from holding
    union all
    select * from ended
)
{%- endmacro %}

{#- First day of what has always held. -#}
{% macro since_ever() -%}
    date '1900-01-01'
{%- endmacro %}


{#- Calendar days from one date to another, negative when the second is earlier. On Spark this is
    datediff(second, first). -#}
{% macro days_between(first, second) -%}
    date_diff('day', {{ first }}, {{ second }})
{%- endmacro %}


{#- The same day of the month, a number of months earlier; its last day where the month is
    shorter. -#}
{% macro months_before(date, months) -%}
    cast({{ date }} - interval '{{ months }}' month as date)
{%- endmacro %}


{#- Last day of the month that begins on a date. -#}
{% macro month_end(month_start) -%}
    cast({{ month_start }} + interval '1' month as date) - 1
{%- endmacro %}


{#- First day of the week a date falls in; first_weekday is 1 for Monday to 7 for Sunday. -#}
{% macro week_start(date, first_weekday) -%}
    cast(date_trunc('week', {{ date }} - cast({{ first_weekday }} - 1 as integer)) as date)
    + cast({{ first_weekday }} - 1 as integer)
{%- endmacro %}


{#- First day of the month a date falls in. -#}
{% macro month_start(date) -%}
    cast(date_trunc('month', {{ date }}) as date)
{%- endmacro %}

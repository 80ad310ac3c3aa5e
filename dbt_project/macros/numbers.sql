{#- A float as it is published: rounded by way of a decimal, because raw float sums differ in the
    last bits between engines and between thread counts. -#}
{% macro published_float(expression) -%}
    cast(cast({{ expression }} as decimal(38, 12)) as double)
{%- endmacro %}


{#- Money and quantities: exact, four decimals. -#}
{% macro amount(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}

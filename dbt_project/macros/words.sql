{#- A share as people read it: whole percents. -#}
{% macro percent(expression) -%}
    cast(cast(round(100 * {{ expression }}) as bigint) as string) || ' %'
{%- endmacro %}

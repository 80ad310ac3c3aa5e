{#- Whether a row with a half-open validity holds on a date: the join of a decision to what was in
    force on its day. -#}
{% macro in_force(date, relation) -%}
    {{ relation }}.valid_from <= {{ date }}
    and ({{ relation }}.valid_to is null or {{ date }} < {{ relation }}.valid_to)
{%- endmacro %}

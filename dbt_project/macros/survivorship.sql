{#- Survivorship of one attribute: the first value that is not null, by the trust in its system. -#}
{% macro surviving(column) -%}
    min_by({{ column }}, survivorship_rank) filter (where {{ column }} is not null)
{%- endmacro %}

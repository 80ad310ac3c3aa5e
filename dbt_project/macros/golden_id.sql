{#- CTE body: the open crosswalk of one object, from a source's key to the golden id. -#}
{% macro open_crosswalk(object_type) -%}
    select namespace, source_key, golden_id
    from {{ ref('golden_xref') }}
    where object_type = '{{ object_type }}' and valid_to is null
{%- endmacro %}


{#- Node that stands in for the one a customer or product has not: every level holds everyone. -#}
{% macro unassigned() -%}
    unassigned
{%- endmacro %}

{#- CTE body: the nodes of a delivered tree of customers below which something hangs. -#}
{% macro parent_nodes(delivered) -%}
    select distinct
        view_name,
        parent_namespace as namespace,
        parent_node_id as node_id
    from {{ delivered }}
    where parent_node_id is not null
{%- endmacro %}

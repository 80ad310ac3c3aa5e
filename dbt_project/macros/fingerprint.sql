{#- A number that stands for a set of rows, whatever their order. Every row must differ from all
    others, since two equal ones leave no trace. The hash is hashed again: that of several values
    lets the last one through unmixed. On Spark this is bit_xor(xxhash64(xxhash64(...))). -#}
{% macro fingerprint(columns) -%}
    bit_xor(hash(hash({{ columns | join(', ') }})))
{%- endmacro %}

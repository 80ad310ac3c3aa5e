{#- A quantity in base units: multiplied by an exact fraction and rounded once, half up, to four
    decimals; quantities are not negative. In whole numbers, since DuckDB divides decimals as
    doubles. On Spark, which has no hugeint, this is decimal(38, 0) and `div`. -#}
{% macro in_base_units(quantity, numerator, denominator) -%}
    cast(
        (
            2 * cast(cast({{ quantity }} as decimal(38, 4)) * 10000 as hugeint) * {{ numerator }}
            + {{ denominator }}
        )
        // (2 * cast({{ denominator }} as hugeint))
        * cast(0.0001 as decimal(5, 4))
        as decimal(18, 4)
    )
{%- endmacro %}


{#- What stands for the unit of a quantity that states none: the record's base unit. -#}
{% macro unstated_unit() -%}
    '(base)'
{%- endmacro %}


{#- Join condition from a quantity to the factor of its unit on its day. -#}
{% macro unit_of(units, namespace, product, unit_code, day) -%}
    {{ namespace }} = {{ units }}.namespace
    and {{ product }} = {{ units }}.source_key
    and coalesce({{ unit_code }}, {{ unstated_unit() }}) = {{ units }}.unit_code
    and {{ day }} >= {{ units }}.valid_from
    and ({{ day }} < {{ units }}.valid_to or {{ units }}.valid_to is null)
{%- endmacro %}
